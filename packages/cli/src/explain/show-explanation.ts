/**
 * An explanation for people: the verdict with its grade, the line that differs, the fix, and what to type next. It can
 * be read without colour, since it is pasted into tickets.
 *
 * @module
 */
import type { DifferingLine, Explanation, Verdict } from 'countersign/explain'
import type { Output } from '../frame/output.ts'
import { printable } from '../request/redacted-headers.ts'

/** All that is shown. */
export interface Shown {
  readonly explanation: Explanation
  readonly corrected: string | undefined
}

/** Writes an explanation to standard output. */
export function showExplanation({ explanation, corrected }: Shown, output: Output): void {
  const { verdicts, answer, echo } = explanation
  const said = answer
    ? [answer.code, answer.status > 0 ? `(${answer.status})` : ''].filter(Boolean).join(' ')
    : ''
  if (said !== '') output.write(`${printable(said)}\n\n`)
  for (const verdict of verdicts) showVerdict(verdict, output)
  if (echo.repair !== undefined)
    output.write(`note: the copy of the server's text was mended: ${echo.repair}\n\n`)
  if (echo.state === 'foreign')
    output.write(
      'note: the answer is of another request, with another signature or date: what the server computed is not compared\n\n',
    )
  const grade = verdicts[0]?.grade
  if (grade === undefined) showNothingFound(explanation, output)
  if (grade !== 'proven' && grade !== 'stated') showSearch(explanation, output)
  if (grade === undefined || grade === 'possible') showWhatHelps(explanation, output)
  if (!explanation.isSignatureProblem) output.write('This is no matter of the signature.\n\n')
  if (corrected !== undefined) output.write(`try: ${corrected}\n`)
}

function showVerdict({ id, code, grade, line, finding, fix }: Verdict, output: Output): void {
  const hue = grade === 'proven' || grade === 'stated' ? 'green' : 'yellow'
  output.write(`${output.paint(grade, hue)}: ${code} (${id})\n\n  ${printable(finding)}\n\n`)
  if (line) output.write(`${formatDifference(line, output).join('\n')}\n\n`)
  output.write(`  fix: ${printable(fix)}\n\n`)
}

/** How much of two long lines is shown around the place where they part. */
const AROUND = 60

/** Both lines, and carets under what differs. */
function formatDifference({ field, ours, theirs }: DifferingLine, output: Pick<Output, 'paint'>): string[] {
  const [a, b] = [printable(ours), printable(theirs)]
  let start = 0
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1
  const from = start > AROUND ? start - AROUND : 0
  const cut = (text: string): string => {
    const to = Math.min(text.length, text.length - end + AROUND)
    return `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`
  }
  const indent = '  - '.length + (from > 0 ? 1 : 0) + start - from
  const width = Math.max(1, Math.max(a.length, b.length) - start - end)
  return [
    `  ${field}: signed (-), and as the server has it (+)`,
    output.paint(`  - ${cut(a)}`, 'red'),
    output.paint(`  + ${cut(b)}`, 'green'),
    `${' '.repeat(indent)}${'^'.repeat(width)}`,
  ]
}

/** Words in columns, three to a line. */
function columns(words: readonly string[]): string {
  const lines = []
  for (let at = 0; at < words.length; at += 3) {
    const line = words.slice(at, at + 3).map((word) => word.padEnd(26))
    lines.push(`    ${line.join('').trimEnd()}\n`)
  }
  return lines.join('')
}

function showNothingFound({ ruledOut, isSignatureRight }: Shown['explanation'], output: Output): void {
  output.write('no cause found\n\n')
  if (ruledOut.length > 0) {
    const count = `${ruledOut.length} causes were ruled out`
    output.write(
      output.verbosity > 0 ? `  ${count}:\n${columns(ruledOut)}\n` : `  ${count} (-v lists them)\n\n`,
    )
  }
  if (isSignatureRight) {
    output.write(
      '  the signature is right, by the key at hand: the server has another secret, or another reason\n\n',
    )
  }
}

/** What was tried where nothing is certain. */
function showSearch(
  { searched, isSignatureRight, isSearchCutShort }: Shown['explanation'],
  output: Output,
): void {
  if (searched > 0 && !isSignatureRight) {
    output.write(
      `  ${searched} texts were tried with the key, and none gives the signature that was sent: it may be of another secret\n\n`,
    )
  }
  if (isSearchCutShort)
    output.write('  the search ended at its limit: two mistakes at once are not ruled out\n\n')
}

/** What would tell more, where little is known. */
function showWhatHelps({ searched, answer }: Shown['explanation'], output: Output): void {
  const lacks: string[] = []
  if (answer === undefined) lacks.push('what the server answered (--answer FILE)')
  if (searched === 0)
    lacks.push('the key that signed (--profile NAME), which is compared here and sent nowhere')
  if (lacks.length > 0) output.write(`  more can be told with ${lacks.join(', and ')}\n\n`)
}

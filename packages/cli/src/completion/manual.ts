/**
 * Manual pages, in the language of `man`.
 *
 * @module
 */
import type { TreeCommand } from './command-tree.ts'

/**
 * Writes the page of the command, or of a verb with whatever is below it.
 *
 * @param commands the command alone, or a verb and what is below it
 * @param version of countersign
 */
export function formatManual(commands: readonly TreeCommand[], version: string): string {
  const [first] = commands
  const name = ['countersign', ...(first?.path ? [first.path] : [])].join('-')
  const head = `.TH ${name.toUpperCase()} 1 "" "countersign ${version}"\n.SH NAME\n${escape(`${name} - ${first?.summary ?? ''}`)}\n`
  return head + commands.map(formatCommand).join('') + SEE_ALSO
}

const SEE_ALSO = `.SH SEE ALSO
.B countersign help
tells of exit codes, of the environment, and of where credentials come from.
`

function formatCommand({ path, options, words }: TreeCommand): string {
  const title = `countersign ${path}`.trim()
  const listed = words.map(([word, summary]) => `.TP\n.B ${escape(word)}\n${escape(summary)}\n`)
  const flags = options.map(
    ({ flags: spelt, description }) => `.TP\n.B ${escape(spelt)}\n${escape(description)}\n`,
  )
  return [
    `.SH ${escape(title.toUpperCase())}\n`,
    ...(listed.length > 0 ? [`.SS Commands\n`, ...listed] : []),
    ...(flags.length > 0 ? [`.SS Options\n`, ...flags] : []),
  ].join('')
}

/** A dash is a dash, and no line is taken for an order. */
function escape(text: string): string {
  return text
    .replaceAll('\\', String.raw`\e`)
    .replaceAll('-', String.raw`\-`)
    .replace(/^(?=[.'])/, String.raw`\&`)
}

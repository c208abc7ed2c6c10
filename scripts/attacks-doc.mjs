/**
 * Makes `docs/attacks.md` of the table in `test/attacks/rows` and of the names of the tests. Compares it with the
 * committed page; `--write` rewrites that. A row without a test of its own, or without an outcome, is a problem.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { conclude, filesUnder, root } from './lib/project.mjs'

/** @typedef {import('../test/attacks/rows/row.ts').AttackRow} AttackRow */

const TESTS = join(root, 'test/attacks')
const PAGE = join(root, 'docs/attacks.md')
/** Ids that the page must have; those between are about policies, roles and stored objects. */
const IDS = [
  ...Array.from({ length: 41 }, (_, index) => `A${index + 1}`),
  ...[1, 2, 3, 6, 11, 12, 13, 14, 15, 16, 17, 18, 19].map((number) => `B${number}`),
  ...Array.from({ length: 6 }, (_, index) => `C${index + 1}`),
]
const ROW_TEST = /^attack\('(\w+)'/gm
const VARIANTS = /\b(?:describe|it)(?:\.each\([^]*?\))?\(\s*['"`]([ABC]\d+(?:(?:, | to )[ABC]\d+)*)\b/g
const PROTOCOLS = new Map([
  ['http1', 'HTTP/1.1'],
  ['http2', 'HTTP/2'],
])

const HEAD = `# Attacks

What people try against servers that check AWS signatures, and what comes back from this one. Each row is a test: it sends
what the table says, to the library and, where that can be sent, byte by byte to real servers behind it, and must see
exactly the answers of the table. What comes back is the code of Amazon S3, then the library's own one, which
[errors.md](errors.md) explains. Signatures of other dialects than S3 are refused alike, in their own words.

The last column names public records of the same class of attack. It says nothing about any product today. Ids never
change; those that are missing are about policies, roles and stored objects, which a verifier does not have.

This page is made of \`test/attacks/rows\` by \`npm run api\`.
`

/** @returns {Promise<readonly { title: string, rows: readonly AttackRow[] }[]>} */
async function readTable() {
  const { outputFiles } = buildSync({
    entryPoints: [join(TESTS, 'rows/table.ts')],
    bundle: true,
    format: 'esm',
    write: false,
  })
  const text = outputFiles[0]?.text ?? ''
  return (await import(`data:text/javascript,${encodeURIComponent(text)}`)).SECTIONS
}

/** @param {string} text the ids in a name, `A1, A2` or `A25 to A29` @returns {string[]} */
function idsIn(text) {
  const [from = '', to] = text.split(' to ')
  if (to === undefined) return text.split(', ')
  const last = Number(to.slice(1))
  return IDS.filter((id) => id[0] === to[0] && Number(id.slice(1)) <= last && !isBefore(id, from))
}

/** @param {string} id @param {string} from */
const isBefore = (id, from) => Number(id.slice(1)) < Number(from.slice(1))

/** @param {RegExp} pattern @returns {Map<string, string[]>} the files of each id */
function testsOf(pattern) {
  /** @type {Map<string, string[]>} */
  const found = new Map()
  for (const file of filesUnder(TESTS).filter((name) => name.endsWith('.test.ts'))) {
    const matches = [...readFileSync(join(TESTS, file), 'utf8').matchAll(pattern)]
    for (const id of new Set(matches.flatMap(([, text = '']) => idsIn(text)))) {
      found.set(id, [...(found.get(id) ?? []), file])
    }
  }
  return found
}

const rowTests = testsOf(ROW_TEST)
const variants = testsOf(VARIANTS)

/** @param {AttackRow} row */
function writeRow({ id, name, attack, input, outcomes, result, wire, references = [] }) {
  const codes = outcomes.map((outcome) => {
    const [aws = '', own] = outcome.split(' ')
    return own === undefined ? `\`${aws}\`` : `\`${aws}\` (\`${own}\`)`
  })
  const over =
    typeof wire === 'string'
      ? `library. ${wire}`
      : ['library', ...wire.map((w) => PROTOCOLS.get(w))].join(', ')
  const files = [...new Set([...(rowTests.get(id) ?? []), ...(variants.get(id) ?? [])])]
  const links = files.map((file) => `[${file.replace('.test.ts', '')}](../test/attacks/${file})`).join(', ')
  const cells = [
    `<a id="${id.toLowerCase()}"></a>${id}`,
    `**${name}**: ${attack} Sent: ${input}`,
    [codes.join(', '), result].filter(Boolean).join('. '),
    `${over}<br>${links}`,
    references.join(', ') || '–',
  ]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

/** @param {Awaited<ReturnType<typeof readTable>>} sections */
function writePage(sections) {
  const heading =
    '| id | what is sent | what comes back | where it is tested | public record |\n| --- | --- | --- | --- | --- |'
  return (
    HEAD +
    sections
      .map(({ title, rows }) => `\n## ${title}\n\n${heading}\n${rows.map(writeRow).join('\n')}\n`)
      .join('')
  )
}

const sections = await readTable()
const rows = sections.flatMap(({ rows: each }) => each)
const page = writePage(sections)
const problems = []
if (rows.map(({ id }) => id).join() !== IDS.join())
  problems.push('The table lacks a row, or has one too many')
for (const { id, outcomes } of rows) {
  if (outcomes.length === 0) problems.push(`${id} has no outcome`)
  if (rowTests.get(id)?.length !== 1) problems.push(`${id} needs one test: attack('${id}', …)`)
}
if (process.argv.includes('--write')) writeFileSync(PAGE, page)
else if (!existsSync(PAGE) || readFileSync(PAGE, 'utf8') !== page) {
  problems.push('docs/attacks.md is not what the tests say; run: npm run api')
}
conclude(problems, `${rows.length} attacks documented`)

/**
 * Writes the table of causes into `docs/explain.md`: every cause of the catalogue, made to happen by the rows of
 * `test/explain/rows`, with what is concluded from what is known. Compares it with the committed page; `--write`
 * rewrites the table, and leaves the text around it alone.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildSync } from 'esbuild'
import { conclude, root } from './lib/project.mjs'

/** @typedef {typeof import('../test/explain/rows/table.ts')} Table */
/** @typedef {import('../test/explain/row.ts').ExplainRow} Row */

const PAGE = join(root, 'docs/explain.md')
const [BEGIN, END] = ['<!-- causes: made by npm run api -->', '<!-- end of causes -->']
const KNOWN = new Map([
  ['log', 'both canonical requests'],
  ['echo', "the server's canonical request"],
  ['key', 'the key'],
  ['wire', 'the key and what went out'],
  ['answer', 'the answer'],
])
/** Causes of a wrong signature that must have a row. */
const LEAST_CAUSES = 106

/** @returns {Promise<Table>} */
async function readTable() {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-causes-'))
  const outfile = join(folder, 'table.mjs')
  try {
    buildSync({
      entryPoints: [join(root, 'test/explain/rows/table.ts')],
      bundle: true,
      format: 'esm',
      platform: 'node',
      outfile,
    })
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** @param {string} text */
const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;')
/** @param {string} text what is no Markdown */
const plain = (text) => cell(text).replace(/[*_`[\]~]/g, '\\$&')

/** @param {Row} row @param {Table['explainRefusal']} explain @returns {Promise<string>} what is concluded */
async function verdictOf(row, explain) {
  /** @type {Map<string, string[]>} */
  const grades = new Map()
  let told = ''
  for (const [known, grade] of Object.entries(row.expected)) {
    grades.set(grade, [...(grades.get(grade) ?? []), KNOWN.get(known) ?? known])
    const { evidence, options } = await row.make(/** @type {any} */ (known))
    const verdict = explain(evidence, options).verdicts.find(({ id }) => id === row.id)
    if (verdict?.grade !== grade) problems.push(`${row.id} (${row.input}) is not ${grade} by ${known}`)
    told ||= verdict?.finding ?? ''
  }
  const sure = [...grades].map(([grade, by]) => `**${grade}** by ${by.join('; by ')}`).join('. ')
  return `${sure}.<br>${plain(told)}`
}

/** @param {Table} table */
async function writeTable({ SECTIONS, explainRefusal, findCause }) {
  const parts = []
  for (const { title, rows } of SECTIONS) {
    const lines = []
    for (const row of rows) {
      const cause = findCause(row.id)
      const name = `\`${cause?.code}\`<br>${plain(cause?.title ?? '')}`
      lines.push(`| ${row.id} | ${name} | ${cell(row.input)} | ${await verdictOf(row, explainRefusal)} |`)
    }
    parts.push(
      `### ${title}\n\n| id | cause | what happens | verdict |\n| --- | --- | --- | --- |\n${lines.join('\n')}\n`,
    )
  }
  return parts.join('\n')
}

/** @type {string[]} */
const problems = []
const table = await readTable()
const ids = table.SECTIONS.flatMap(({ rows }) => rows.map(({ id }) => id))
const causes = new Set(ids.filter((id) => id.startsWith('M')))
const made = `${BEGIN}\n\n${await writeTable(table)}\n${END}`
const page = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : `# Why a request was refused\n\n${BEGIN}${END}\n`
const [start, end] = [page.indexOf(BEGIN), page.indexOf(END)]
if (start < 0 || end < start) problems.push(`docs/explain.md has no place for the table: ${BEGIN} … ${END}`)
const wanted = page.slice(0, start) + made + page.slice(end + END.length)
if (causes.size < LEAST_CAUSES) problems.push(`Only ${causes.size} causes are made to happen`)
if (process.argv.includes('--write')) writeFileSync(PAGE, wanted)
else if (wanted !== page) problems.push('docs/explain.md is not what the tests say; run: npm run api')
conclude(problems, `${causes.size} causes documented`)

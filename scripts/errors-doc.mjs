/**
 * Makes `docs/errors.md` of the codes in the sources and the comments above them. Compares it with the committed page;
 * `--write` rewrites that.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conclude, root } from './lib/project.mjs'

const SOURCES = [
  'packages/countersign/src/errors.ts',
  'packages/gateway/src/errors.ts',
  'packages/gateway/src/pipeline/faults.ts',
]
const PAGE = join(root, 'docs/errors.md')
const UNION = /\/\*\* What an? \{@link (\w+)\}[^]*?export type \w+ =\n([^]*?)\n\n/g
const CODE = /\/\*\* ([^]*?) \*\/\s*(?:\| )?'(\w+)'/g

const HEAD = `# Errors

Everything that Countersign throws on purpose is a \`CountersignError\` with a stable \`code\`. No message holds a secret, a
token or a computed signature. This page is made from the codes in the source by \`npm run api\`.
`

/** @param {string} source @returns {[name: string, codes: [code: string, text: string][]][]} */
function readUnions(source) {
  return [...source.matchAll(UNION)].map(([, name = '', members = '']) => [
    name,
    [...members.matchAll(CODE)].map(([, text = '', code = '']) => [code, text.replace(/\s*\n\s*\* /g, ' ')]),
  ])
}

/** @param {ReturnType<typeof readUnions>} unions */
function writePage(unions) {
  const sections = unions.map(([name, codes]) => {
    const rows = codes.map(([code, text]) => `| \`${code}\` | ${text} |`).join('\n')
    return `\n## ${name}\n\n| code | what it means |\n| --- | --- |\n${rows}\n`
  })
  return HEAD + sections.join('')
}

const unions = SOURCES.flatMap((source) => readUnions(readFileSync(join(root, source), 'utf8')))
const page = writePage(unions)
const problems = []
if (unions.length < 6 || unions.some(([, codes]) => codes.length === 0)) problems.push('Codes are missing')
if (process.argv.includes('--write')) writeFileSync(PAGE, page)
else if (!existsSync(PAGE) || readFileSync(PAGE, 'utf8') !== page) {
  problems.push('docs/errors.md is not what the codes say; run: npm run api')
}
conclude(problems, `${unions.flatMap(([, codes]) => codes).length} codes documented`)

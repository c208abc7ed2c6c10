import { cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root, runTool } from '../lib/project.mjs'
import { temporaryFolder } from './temporary.mjs'

const src = 'packages/countersign/src'
const wait = 'declare function wait(): Promise<boolean>\n'

/** @type {[rule: string, file: string, text: string][]} */
const violations = [
  ['typescript(no-floating-promises)', `${src}/verify/a.ts`, `${wait}export function f(): void { wait() }`],
  [
    'typescript(no-misused-promises)',
    `${src}/verify/b.ts`,
    `${wait}export const f = (): number => (wait() ? 1 : 2)`,
  ],
  [
    'typescript(await-thenable)',
    `${src}/core/c.ts`,
    'export async function f(a: number): Promise<void> { await a }',
  ],
  ['typescript(no-explicit-any)', `${src}/core/d.ts`, 'export const f = (a: any): unknown => a'],
  ['typescript(only-throw-error)', `${src}/core/e.ts`, "export function f(): never { throw 'text' }"],
  ['import(no-default-export)', `${src}/core/f.ts`, 'export default 1'],
  ['eslint(eqeqeq)', `${src}/core/g.ts`, 'export const f = (a: unknown): boolean => a == 1'],
  ['eslint(no-console)', `${src}/core/h.ts`, 'export const f = (): void => console.log(1)'],
  [
    'eslint(no-restricted-imports)',
    `${src}/sign/i.ts`,
    "import { constants } from 'node:fs'\nexport const a = constants",
  ],
  [
    'eslint(no-restricted-imports)',
    `${src}/servers/koa.ts`,
    "import type { A } from 'node:http'\nexport type B = A",
  ],
  ['eslint(no-restricted-imports)', `${src}/adapters/fetch.ts`, "export { request } from 'node:http'"],
  ['typescript(no-floating-promises)', 'test/kit/j.ts', `${wait}export function f(): void { wait() }`],
  [
    'vitest(no-focused-tests)',
    `${src}/core/k.test.ts`,
    "import { it } from 'vitest'\nit.only('k', () => {})",
  ],
]

/** @type {[file: string, text: string][]} */
const allowed = [
  [`${src}/crypto/l.ts`, "import { constants } from 'node:fs'\nexport const a = constants"],
  [`${src}/adapters/node-http.ts`, "import type { A } from 'node:http'\nexport type B = A"],
  [`${src}/servers/node.ts`, "import type { A } from 'node:http'\nexport type B = A"],
  [`${src}/servers/http2.ts`, "export { constants } from 'node:http2'"],
  [`${src}/sign/m.test.ts`, "import { constants } from 'node:fs'\nconsole.log(constants)"],
  [`${src}/core/n.ts`, 'export const f = (a: number[]): number => a[0]!'],
]

// A linter that reads the wrong files, or runs without its types, says that all is well.
it('finds each planted violation, and nothing where there is none', () => {
  const files = [...violations.map(([, file, text]) => [file, text]), ...allowed]
  const folder = temporaryFolder(Object.fromEntries(files))
  for (const name of ['.oxlintrc.json', 'tsconfig.json', 'tsconfig.base.json', `${src}/../tsconfig.json`]) {
    cpSync(join(root, name), join(folder, name))
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const { output } = runTool('oxlint', ['--format', 'json'], { cwd: folder })
  const { diagnostics } = JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1))
  const found = diagnostics.map(
    (/** @type {{ code: string, severity: string, filename: string }} */ { code, severity, filename }) =>
      `${severity} ${code} ${filename}`,
  )
  const expected = violations.map(([rule, file]) => `error ${rule} ${file}`)
  expect(found.toSorted()).toEqual(expected.toSorted())
})

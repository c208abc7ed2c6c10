import { describe, expect, it } from 'vitest'
import { checkLayers } from '../check-layers.mjs'
import { temporaryFolder } from './temporary.mjs'

/** @param {Record<string, string>} files */
const check = (files) => checkLayers(temporaryFolder(files))

const a = 'export const a = 1\n'

describe('check-layers', () => {
  it('accepts imports down the diagram', () => {
    const { files, imports, problems } = check({
      'errors.ts': a,
      'core/x.ts': "import { a } from '../errors.ts'\nexport const x = a\n",
      'crypto/h.ts': "import { sha256 } from '@noble/hashes/sha2.js'\nexport const h = sha256\n",
      'sign/s.ts': "import { x } from '../core/x.ts'\nexport const s = async () => await x\n",
      'aws4auth/w.ts': "export { s } from '../sign/s.ts'\n",
      'adapters/fetch.ts': "import type { s } from '../aws4auth/w.ts'\nexport type S = typeof s\n",
      'verify/v.ts': "import { x } from '../core/x.ts'\nexport const v = x\n",
      'servers/node.ts':
        "import type { Server } from 'node:http'\nexport { v } from '../verify/v.ts'\nexport type { Server }\n",
      'index.ts': "export { s } from './sign/s.ts'\n",
      'sigv4a.ts': "export { v } from './verify/v.ts'\nexport { s } from './sign/s.ts'\n",
    })
    expect(problems).toEqual([])
    expect(files).toBe(10)
    expect(imports).toBe(11)
  })

  it('leaves tests alone', () => {
    const { files, problems } = check({
      'core/x.test.ts': "import '../sign/s'\nawait import('node:fs')\nexport * from '../index.ts'\n",
      'core/x.fuzz.ts': "import fs from 'node:fs'\nexport default fs\n",
    })
    expect([files, problems]).toEqual([0, []])
  })

  it.each([
    [
      'sign importing verify',
      'sign/s.ts',
      "import { a } from '../verify/v.ts'",
      'sign must not import verify',
    ],
    [
      'verify importing sign',
      'verify/w.ts',
      "import { a } from '../sign/t.ts'",
      'verify must not import sign',
    ],
    ['even as a type', 'verify/w.ts', "import type { a } from '../sign/t.ts'", 'verify must not import sign'],
    [
      'even late',
      'verify/w.ts',
      "export const f = () => import('../sign/t.ts')",
      'verify must not import sign',
    ],
    [
      'even inside a type',
      'core/w.ts',
      "export type T = import('../sign/t.ts').T",
      'core must not import sign',
    ],
    ['re-exports upwards', 'errors.ts', "export { a } from './core/c.ts'", 'errors must not import core'],
    ['core importing keys', 'core/w.ts', "import '../keys/k.ts'", 'core must not import keys'],
    [
      'identity-proof with a verifier',
      'identity-proof/p.ts',
      "import '../verify/v.ts'",
      'must not import verify',
    ],
    [
      'the index with a verifier',
      'index.ts',
      "export { a } from './verify/v.ts'",
      'index must not import verify',
    ],
    [
      'code of aws4auth',
      'adapters/f.ts',
      "import { type a } from '../aws4auth/w.ts'",
      'types only of aws4auth',
    ],
    ['a new folder', 'extras/e.ts', "import '../core/c.ts'", 'extras is in no layer'],
    ['no ending', 'core/w.ts', "import './c'", 'must end in .ts'],
    ['a .js ending', 'core/w.ts', "import './c.js'", 'must end in .ts'],
    ['a missing file', 'core/w.ts', "import './gone.ts'", 'is not in src'],
    ['a way out', 'core/w.ts', "import '../../secret.ts'", 'is not in src'],
    ['a test', 'core/w.ts', "import './c.test.ts'", 'must not import a test'],
    ['node: modules', 'sign/s.ts', "import { readFileSync } from 'node:fs'", 'must not import node:fs'],
    ['node: types', 'servers/koa.ts', "import type { Server } from 'node:http'", 'must not import node:http'],
    [
      'other packages',
      'core/w.ts',
      "import { sha256 } from '@noble/hashes/sha2.js'",
      'must not import @noble',
    ],
    ['unknown packages', 'crypto/w.ts', "import 'left-pad'", 'must not import left-pad'],
    ['star exports', 'core/w.ts', "export * from './c.ts'", 'export *'],
    ['named star exports', 'core/w.ts', "export * as c from './c.ts'", 'export *'],
    ['default exports', 'core/w.ts', 'export default 1', 'default export'],
    ['renamed default exports', 'core/w.ts', 'const b = 1\nexport { b as default }', 'default export'],
    ['top-level await', 'core/w.ts', 'export const b = await Promise.resolve(1)', 'top-level await'],
    ['a cycle', 'core/c.ts', "import './d.ts'", 'import cycle: core/c.ts -> core/d.ts -> core/c.ts'],
    ['broken code', 'core/w.ts', 'const const', 'core/w.ts: '],
  ])('reports %s', (_, file, text, expected) => {
    const { problems } = check({
      'core/c.ts': a,
      'core/c.test.ts': a,
      'core/d.ts': "import './c.ts'\n",
      'keys/k.ts': a,
      'sign/t.ts': a,
      'aws4auth/w.ts': a,
      'verify/v.ts': a,
      [file]: `${text}\n`,
    })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(expected)
  })
})

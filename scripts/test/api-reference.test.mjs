import { join, relative } from 'node:path'
import { expect, it } from 'vitest'
import { writePages } from '../lib/api-pages.mjs'
import { root } from '../lib/project.mjs'
import { findMissing } from '../lib/uses.mjs'
import { temporaryFolder } from './temporary.mjs'

const declarations = {
  'src/index.ts': '/**\n * Signs things. And more.\n *\n * @module\n */\n',
  'dist/index.d.ts':
    "export { sign } from './sign.js';\nexport { Key } from './key.js';\nexport type { Options } from './key.js';\n",
  'src/other.ts': '/** Others. */\n',
  'dist/other.d.ts': "export { sign } from './sign.js';\nexport declare const bare = 1;\n",
  'dist/sign.d.ts': [
    "import type { Options } from './key.js';",
    '/**',
    ' * Signs a text with a {@link Key}. Quickly.',
    ' *',
    ' * @param text that is signed,',
    ' *   in UTF-8',
    ' * @throws {@link Key} never, see {@link https://example.com/a the rules}',
    ' */',
    'export declare function sign(text: string, options: Options): void;',
    'export declare function sign(text: Uint8Array): void;',
    '',
  ].join('\n'),
  'dist/key.d.ts': [
    'interface Hidden {\n    readonly a: number;\n}',
    '/** A key. */\nexport declare class Key {\n    #private;\n    private constructor();\n    /** Hands it out. */\n    export(): string;\n}',
    "/** Options. */\nexport interface Options extends Hidden {\n    /** One\n     * of two. */\n    readonly kind?: 'a' | 'b' | undefined;\n}",
    '',
  ].join('\n'),
}

it('tells each name once, with what its docstring says, and links the rest to it', () => {
  const folder = temporaryFolder(declarations)
  const uses = [
    { path: 'examples/01.mjs', title: '01', imports: new Map([['countersign', new Set(['sign'])]]) },
  ]
  const topics = uses.map((use) => ({ ...use, path: 'docs/signing.md', title: 'Signing' }))
  const { pages, undocumented } = writePages(
    { countersign: join(folder, 'dist/index.d.ts'), 'countersign/other': join(folder, 'dist/other.d.ts') },
    { uses, topics },
  )

  expect(pages.get('README.md')).toContain('| [`countersign`](countersign.md) | Signs things. |')
  const page = pages.get('countersign.md')
  expect(page).toContain('| [`sign`](#sign) | Signs a text with a [`Key`](#key). |')
  expect(page).toContain(
    'function sign(text: string, options: Options): void\nfunction sign(text: Uint8Array): void',
  )
  expect(page).toContain('- `text`: that is signed, in UTF-8')
  expect(page).toContain('- throws [`Key`](#key) never, see [the rules](https://example.com/a)')
  expect(page).toContain('Read on in [Signing](../../docs/signing.md). [All')
  expect(page).toContain('In use: [01](../../examples/01.mjs)')
  expect(page).toContain("| `kind?` | `'a' \\| 'b'` | One of two. |")
  expect(page).toContain('```ts\nexport(): string\n```\n\nHands it out.')
  expect(page).not.toMatch(/private/)
  expect(page).toContain('## Types that have no export\n\n### Hidden')
  expect(pages.get('other.md')).toContain('Exported here, and told elsewhere: [`sign`](countersign.md#sign).')
  expect(undocumented.map((text) => text.split(': ')[1])).toEqual([
    'bare has no docstring',
    'Hidden has no docstring',
  ])
})

it('finds what pages import and is not there', () => {
  const folder = temporaryFolder({
    'page.md': [
      "import { sign, type Key as Other, gone } from 'countersign'",
      "import {\n  lost,\n} from 'countersign/other'",
      "import { anything } from 'countersign/nowhere'",
      "import { readFile } from 'node:fs/promises'",
      "import { unknown } from 'elsewhere'",
    ].join('\n'),
  })
  const page = relative(root, join(folder, 'page.md'))
  const exported = new Map([
    ['countersign', new Set(['sign', 'Key'])],
    ['countersign/other', new Set(['sign'])],
  ])
  expect(findMissing([page], exported)).toEqual([
    `${page}: countersign has no gone`,
    `${page}: countersign/other has no lost`,
    `${page} imports from countersign/nowhere, which is no entry point`,
  ])
})

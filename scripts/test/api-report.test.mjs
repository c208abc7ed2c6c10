import { join } from 'node:path'
import { expect, it } from 'vitest'
import { writeReport } from '../lib/api-text.mjs'
import { temporaryFolder } from './temporary.mjs'

it('follows each export to its declaration, and to the types that it mentions', () => {
  const folder = temporaryFolder({
    'index.d.ts':
      "export { sign } from './sign.js';\nexport { Key as SigningKey, type Options } from './key.js';\n",
    'other.d.ts': 'export { sign } from \'./sign.js\';\nexport declare const VERSION = "1";\n',
    'sign.d.ts': [
      "import type { Inner } from './key.js';",
      "import type { Server } from 'node:http';",
      '/** Signs. */',
      'export declare function sign(text: string): Inner;',
      'export declare function sign(server: Server): void;',
      '',
    ].join('\n'),
    'key.d.ts': [
      'interface Hidden {\n    /** A comment. */\n    readonly a: number;\n}',
      'export interface Inner {\n    hidden: Hidden;\n}',
      'export declare class Key {\n    #private;\n}',
      'export type Options = string;',
      'interface Unused {\n}',
      'export {};',
      '',
    ].join('\n'),
  })
  const report = writeReport('pkg', {
    pkg: join(folder, 'index.d.ts'),
    'pkg/other': join(folder, 'other.d.ts'),
  })
  expect(report).toBe(`# Public API of pkg

Written by \`npm run api\`; \`npm run check\` holds it against the code.

## pkg

\`\`\`ts
export type Options = string;

// as SigningKey
export class Key {
    #private;
}

export function sign(text: string): Inner;
export function sign(server: Server): void;
\`\`\`

## pkg/other

\`\`\`ts
export const VERSION = "1";

export { sign } // see above
\`\`\`

## Mentioned above, exported nowhere

\`\`\`ts
interface Hidden {
    readonly a: number;
}

interface Inner {
    hidden: Hidden;
}
\`\`\`
`)
})

it('refuses what it could not follow', () => {
  const star = temporaryFolder({ 'a.d.ts': "export * from './b.js';\n", 'b.d.ts': 'export {};\n' })
  expect(() => writeReport('pkg', { pkg: join(star, 'a.d.ts') })).toThrow('export *')
  const gone = temporaryFolder({ 'a.d.ts': "export { gone } from './b.js';\n", 'b.d.ts': 'export {};\n' })
  expect(() => writeReport('pkg', { pkg: join(gone, 'a.d.ts') })).toThrow('does not export gone')
})

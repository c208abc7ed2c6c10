import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { loadNativeSqlite } from './native-sqlite.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const MANIFEST = join(HERE, '../../../..', 'node_modules', 'libsql', 'package.json')
const { version } = JSON.parse(readFileSync(MANIFEST, 'utf8')) as { version: string }

it('is that of the package, of its version and of no other', () => {
  expect(loadNativeSqlite(version, HERE)).toHaveProperty('databaseOpen')
  expect(loadNativeSqlite('0.0.1', HERE)).toBeUndefined()
})

it('is looked for among the packages of a folder, and nowhere else', () => {
  expect(loadNativeSqlite(version, tmpdir())).toBeUndefined()
})

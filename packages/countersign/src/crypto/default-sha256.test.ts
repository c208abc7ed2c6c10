import { afterEach, expect, it, vi } from 'vitest'
import { nobleSha256 } from './noble-sha256.ts'

/** A copy of the module that has not chosen yet. */
async function choose(): Promise<unknown> {
  vi.resetModules()
  const { defaultSha256 } = await import('./default-sha256.ts')
  const noble = await import('./noble-sha256.ts')
  return defaultSha256() === noble.nobleSha256 ? nobleSha256 : 'node:crypto'
}

afterEach(() => {
  vi.unstubAllGlobals()
})

it('takes node:crypto where there is one', async () => {
  expect(await choose()).toBe('node:crypto')
})

it.each([
  ['no process', undefined],
  ['a process without built-in modules', {}],
  ['no node:crypto', { getBuiltinModule: () => undefined }],
  ['a node:crypto without the one-shot hash', { getBuiltinModule: () => ({ createHash: () => {} }) }],
])('takes plain JavaScript where there is %s', async (_, process) => {
  vi.stubGlobal('process', process)
  expect(await choose()).toBe(nobleSha256)
})

/** Whatever stands in a file, it is taken or refused with its place, and a project's file sets only what it may. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { OF_PROJECTS, SHARED } from './option-rules.ts'
import { readSettings, type Setting } from './read-settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'countersign-config-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const VERBS = new Set(['sign', 'send', 'presign', 'gateway'])

const name = fc.oneof(
  fc.constantFrom('all', 'sign', 'presign check', 'gateway', '__proto__', 'constructor', 'user'),
  fc.constantFrom(...SHARED, ...OF_PROJECTS.keys()),
  fc.string(),
)
const value = fc.oneof(
  fc.string(),
  fc.boolean(),
  fc.integer(),
  fc.constant(null),
  fc.array(fc.string()),
  fc.jsonValue(),
)
const tree = fc.oneof(
  fc.dictionary(name, fc.dictionary(name, value)),
  fc.dictionary(name, value),
  fc.jsonValue(),
)
const text = fc.oneof(
  tree.map((whole) => JSON.stringify(whole)),
  fc.string(),
)

async function read(kind: 'user' | 'project', content: string): Promise<readonly Setting[] | Error> {
  const path = join(folder, 'config.yaml')
  writeFileSync(path, content)
  try {
    return await readSettings({ kind, path, shown: 'config.yaml' }, VERBS)
  } catch (error) {
    return error as Error
  }
}

it('takes what is right, and refuses the rest with its place', async () => {
  await fc.assert(
    fc.asyncProperty(text, fc.constantFrom('user', 'project'), async (content, kind) => {
      const settings = await read(kind, content)
      if (settings instanceof Error) {
        expect(['CommandError', 'ConfigError']).toContain(settings.name)
        expect(settings.message).toMatch(/config\.yaml(?::\d+:\d+)?/)
        return
      }
      for (const setting of settings) {
        expect(setting.from).toMatch(/^config\.yaml:\d+:\d+$/)
        if (kind === 'project') expect(OF_PROJECTS.has(setting.name)).toBe(true)
        expect(JSON.stringify(setting.value)).not.toMatch(/null|\\u00[01]/)
      }
    }),
  )
})

it('takes every option that a project may set', async () => {
  const values: ReadonlyMap<string, unknown> = new Map<string, unknown>([
    ['algorithm', 'v4'],
    ['sign-headers', 'sdk'],
    ['expires', '15m'],
    ['retry', 3],
    ['verbose', 2],
  ])
  for (const option of OF_PROJECTS.keys()) {
    const settings = await read('project', JSON.stringify({ send: { [option]: values.get(option) ?? 'x' } }))
    expect(settings).toMatchObject([{ group: 'send', name: option }])
  }
})

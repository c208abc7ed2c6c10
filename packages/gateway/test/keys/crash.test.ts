import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import Sqlite from 'libsql'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openKeyStore, type AccessKey, type KeyStatus, type KeyStore } from '../../src/keys/index.ts'

const PROGRAM = fileURLToPath(new URL('churn.mjs', import.meta.url))
const MASTER_KEY = Buffer.alloc(32, 'master key')
/** How many changes are made before the one amid which the process is killed, on one and the same store. */
const ROUNDS = [0, 1, 57, 200, 200, 203, 203, 205, 205, 207, 207, 209, 251, 301, 311, 402, 555, 600, 600, 601]

interface Line {
  readonly id: string
  /** About to be done. */
  readonly change?: string
  /** Was done. */
  readonly done?: string
  readonly secret?: string
}

/** What a key has to be like. */
interface Expected {
  readonly status: KeyStatus
  readonly expires: boolean
  /** Newest first; `undefined` is a secret that was made and never told. */
  readonly secrets: readonly (string | undefined)[]
}

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  file = join(folder, 'keys.db')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs the program until it begins another change after so many, kills it, and gives back all that it said. */
async function runAndKill(changes: number): Promise<Line[]> {
  const child = spawn(process.execPath, [PROGRAM, file, MASTER_KEY.toString('hex')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const lines: Line[] = []
  let done = 0
  for await (const text of createInterface({ input: child.stdout })) {
    const line: Line = JSON.parse(text)
    lines.push(line)
    if (line.done) done++
    else if (done === changes) child.kill('SIGKILL')
  }
  expect(await ended).toEqual([null, 'SIGKILL'])
  expect(done).toBeGreaterThanOrEqual(changes)
  return lines
}

function applyChange(key: Expected | undefined, change: string, secret?: string): Expected | undefined {
  if (change === 'create') return { status: 'active', expires: false, secrets: [secret] }
  if (change === 'delete' || key === undefined) return undefined
  if (change === 'disable') return { ...key, status: 'disabled' }
  if (change === 'enable') return { ...key, status: 'active' }
  if (change === 'expire') return { ...key, expires: true }
  return { ...key, secrets: [secret, ...key.secrets] }
}

/** How a key is: its secrets are what a verifier would get. */
function readKey(store: KeyStore, { accessKeyId, status, expiresAt, secrets }: AccessKey): Expected {
  if (status === 'disabled') store.enable(accessKeyId)
  const found = [store.find(accessKeyId)?.secretAccessKey ?? []].flat()
  if (status === 'disabled') store.disable(accessKeyId)
  expect(found).toHaveLength(secrets.length)
  // The newest has no end, unless a rotation stopped half way.
  expect(secrets[0]?.notAfter).toBeUndefined()
  return { status, expires: expiresAt !== undefined, secrets: found }
}

/** Whether a key is as expected; secrets that were never told are as they are. */
function matches(actual: Expected | undefined, expected: Expected | undefined): boolean {
  const secrets = expected?.secrets.map((secret, index) => secret ?? actual?.secrets[index])
  return JSON.stringify(actual) === JSON.stringify(expected && { ...expected, secrets })
}

it('a process that is killed has lost no change that it had made, and left none half done', async () => {
  const expected = new Map<string, Expected>()
  const settle = (id: string, key: Expected | undefined): void =>
    void (key ? expected.set(id, key) : expected.delete(id))

  for (const changes of ROUNDS) {
    const lines = await runAndKill(changes)
    for (const { id, done, secret } of lines)
      if (done) settle(id, applyChange(expected.get(id), done, secret))

    const store = openKeyStore({ file, masterKey: MASTER_KEY })
    expect(store.checkAll()).toEqual([])
    const actual = new Map(store.list().map((key) => [key.accessKeyId, readKey(store, key)]))
    const last = lines.at(-1)
    // The change that was under way is there or not: but whole, and nothing else with it.
    if (last?.change && !matches(actual.get(last.id), expected.get(last.id))) {
      settle(last.id, applyChange(expected.get(last.id), last.change))
    }
    expect([...actual.keys()].toSorted()).toEqual([...expected.keys()].toSorted())
    for (const [id, key] of expected) expect(matches(actual.get(id), key), id).toBe(true)
    // What was never told is known from here on.
    for (const [id, key] of actual) expected.set(id, key)
    store.close()

    const sqlite = new Sqlite(file)
    expect(sqlite.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }])
    expect(sqlite.pragma('foreign_key_check')).toEqual([])
    sqlite.close()
  }
  expect(expected.size).toBeGreaterThan(200)
}, 120_000)

import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openKeyStore, resolveMasterKey, type KeyStore } from '../../src/keys/index.ts'

const PROGRAM = fileURLToPath(new URL('obey.mjs', import.meta.url))
const OPENING = fileURLToPath(new URL('open-at.mjs', import.meta.url))

/** Another process that has the store open. */
interface Other {
  /** Makes it call a function of its store; resolves when that has returned there. */
  readonly tell: (...order: readonly unknown[]) => Promise<unknown>
  readonly stop: () => Promise<number | null>
}

let folder: string
let file: string
let masterKeyFile: string
let children: ChildProcess[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  file = join(folder, 'store', 'keys.db')
  masterKeyFile = join(folder, 'store', 'master.key')
  children = []
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

function open(): KeyStore {
  const masterKey = resolveMasterKey({ text: undefined, file: masterKeyFile, storeExists: false })
  return openKeyStore({ file, masterKey })
}

function start(): Other {
  const child = spawn(process.execPath, [PROGRAM, file, masterKeyFile], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  const ended = once(child, 'exit')
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async tell(...order) {
      child.stdin.write(`${JSON.stringify(order)}\n`)
      const { value, done } = await answers.next()
      if (done) throw new Error('The other process has ended')
      return JSON.parse(value)
    },
    async stop() {
      child.stdin.end()
      const [code] = await ended
      return code
    },
  }
}

describe('a change that another process makes', () => {
  it('counts here at once, and one of here there', async () => {
    const store = open()
    const { accessKey, secretAccessKey } = store.create({ principal: 'ann' })
    const id = accessKey.accessKeyId
    const other = start()
    // Looked up before each change, so that the answer is in the cache of either.
    expect(await other.tell('find', id)).toMatchObject({ secretAccessKey })
    expect(store.find(id)).toMatchObject({ secretAccessKey })

    await other.tell('disable', id)
    expect(store.find(id)).toBeUndefined()
    store.enable(id)
    expect(await other.tell('find', id)).toMatchObject({ secretAccessKey })
    expect(store.find(id)).toMatchObject({ secretAccessKey })

    const rotated = await other.tell('rotate', id, { overlap: 0 })
    expect(store.find(id)).toMatchObject({
      secretAccessKey: expect.not.stringMatching(secretAccessKey),
    })
    expect(rotated).toMatchObject({ secretAccessKey: store.find(id)?.secretAccessKey })

    await other.tell('create', { principal: 'bob', accessKeyId: 'BOB' })
    expect(store.find('BOB')).toMatchObject({ principal: 'bob' })
    await other.tell('delete', id)
    expect(store.find(id)).toBeUndefined()
    store.delete('BOB')
    expect(await other.tell('find', 'BOB')).toBeNull()
    expect(await other.stop()).toBe(0)
    store.close()
  })
})

describe('processes that start at the same time', () => {
  it('make one store and one master key, and each of them its keys', async () => {
    const others = Array.from({ length: 6 }, start)
    const made = await Promise.all(
      others.flatMap((other, index) =>
        Array.from({ length: 5 }, (_, count) =>
          other.tell('create', { principal: 'ann', accessKeyId: `KEY/${index}/${count}` }),
        ),
      ),
    )
    expect(made).toHaveLength(30)
    expect(await Promise.all(others.map((other) => other.stop()))).toEqual([0, 0, 0, 0, 0, 0])
    const store = open()
    expect(store.list()).toHaveLength(30)
    expect(store.checkAll()).toEqual([])
    store.close()
    expect(readdirSync(join(folder, 'store')).filter((name) => name.startsWith('master'))).toEqual([
      'master.key',
    ])
  })

  it('wait for each other where SQLite would not', async () => {
    const others = Array.from({ length: 3 }, () => fork(OPENING))
    children.push(...others)
    const outcomes = new Set<unknown>()
    for (let round = 0; round < 40; round++) {
      const answers = others.map((other) => once(other, 'message'))
      const order = { file: join(folder, `${round}.db`), at: Date.now() + 10 }
      for (const other of others) other.send(order)
      for (const [{ failed }] of await Promise.all(answers)) outcomes.add(failed)
    }
    expect([...outcomes]).toEqual([null])
  })
})

/**
 * Tries a client with everything that it can do. Whatever it does right must be let in: each trial ends by looking at
 * what the stores have refused.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { VerificationErrorCode } from '../../packages/countersign/src/verify/index.ts'
import { describeWithTool } from '../kit/tools.ts'
import { startStores, type Stores } from './stores.ts'
import { TRIALS, type CLIENTS, type ClientName, type Trial } from './trials.ts'

/** 8 MiB. */
export const BIG: Buffer<ArrayBuffer> = Buffer.from(
  Uint8Array.from({ length: 8 * 1024 * 1024 }, (_, index) => (index * 31 + (index >> 9)) % 251),
)
/** Names that can also be those of files. */
export const FILE_NAMES: readonly string[] = [
  'a b+c',
  '100%',
  'a%2Fb',
  'q?x#y',
  "!'()*,;:@&=$[]",
  '~-_.',
  'caf\u00e9',
  '\u65e5\u672c\ud83e\udd8a',
]
/** Names that stores have, and no folder of files. */
const PATHS: readonly string[] = ['a//b', 'a/../b', '../up', '/lead', 'a/./b', 'trail/']
/** All of them. */
export const KEYS: readonly string[] = [...FILE_NAMES, ...PATHS]

/** What is stored under a name. */
export function contentOf(key: string): string {
  return `content of ${key}`
}

/** What a client is tried on. */
export class Home {
  stores!: Stores
  /** Has the file `big`, and in the folder `tree` one for each of {@link FILE_NAMES}. */
  folder = ''

  /** A path in the folder. */
  file(name: string): string {
    return join(this.folder, name)
  }

  /** The text of an object. */
  textOf(name: string): string | undefined {
    return this.stores.objects.get(name)?.toString()
  }

  /** Whether an object is the one of 8 MiB. */
  isBig(name: string): boolean {
    return this.stores.objects.get(name)?.equals(BIG) === true
  }

  /** Puts one object for each name into a bucket. */
  fill(bucket: string, keys: readonly string[]): void {
    for (const key of keys) this.stores.objects.set(`/${bucket}/${key}`, Buffer.from(contentOf(key)))
  }

  /** The names that are in a bucket. */
  keysIn(bucket: string): string[] {
    const start = `/${bucket}/`
    return [...this.stores.objects.keys()]
      .filter((name) => name.startsWith(start))
      .map((name) => name.slice(start.length))
  }

  async open(): Promise<void> {
    this.stores = await startStores()
    this.folder = mkdtempSync(join(tmpdir(), 'countersign-client-'))
    writeFileSync(this.file('big'), BIG)
    mkdirSync(this.file('tree'))
    for (const name of FILE_NAMES) writeFileSync(join(this.folder, 'tree', name), contentOf(name))
  }

  async close(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true })
    await this.stores.close()
  }
}

/** A function for each trial that a client has to stand. */
type TrialsOf<N extends ClientName> = {
  readonly [T in Exclude<Trial, keyof (typeof CLIENTS)[N]['without']>]: () => Promise<void>
}

/** What has to be refused, and why; everything else has to be let in. */
const REFUSED: ReadonlyMap<string, VerificationErrorCode> = new Map([
  ['wrongSecret', 'SIGNATURE_MISMATCH'],
  ['unknownKey', 'KEY_UNKNOWN'],
  ['clock', 'CLOCK_SKEWED'],
  ['older', 'MECHANISM_UNSUPPORTED'],
  ['olderPresigned', 'MECHANISM_UNSUPPORTED'],
])

/** Tries a client. Between the trials nothing is left in the stores. */
export function tryClient<N extends ClientName>(client: N, trialsFor: (home: Home) => TrialsOf<N>): void {
  describeWithTool('openssl', `${client} at a store`, () => {
    const home = new Home()
    beforeAll(async () => home.open())
    afterAll(async () => home.close())

    for (const [trial, attempt] of Object.entries<() => Promise<void>>(trialsFor(home))) {
      it(TRIALS[trial as Trial], async () => {
        home.stores.objects.clear()
        home.stores.takeRefused()
        await attempt()
        const cause = REFUSED.get(trial)
        expect([...new Set(home.stores.takeRefused())]).toEqual(cause === undefined ? [] : [cause])
      })
    }
  })
}

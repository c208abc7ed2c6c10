/**
 * The portable suite: what the built package must do alike on Node, Bun, Deno, workerd and in a browser. It knows no
 * test framework and no `node:` module. Every case gives something back, of which a digest is taken; a case that finds
 * a known answer missed throws. `test/runtimes` runs it everywhere and compares the digests.
 *
 * @module
 */
import { answerCases } from './answers.ts'
import { aws4authCases } from './aws4auth.ts'
import { cloudFrontCases } from './cloudfront.ts'
import { digestCases } from './digests.ts'
import { eventCases } from './events.ts'
import { formCases } from './forms.ts'
import type { Inputs } from './inputs.ts'
import { knownAnswerCases } from './known-answers.ts'
import { loopbackCases } from './loopback.ts'
import { olderCases } from './older.ts'
import { describeOutput } from './output.ts'
import { signingCases } from './signing.ts'
import { sigV4ACases } from './sigv4a.ts'
import { streamingCases } from './streaming.ts'
import { vectorCases } from './vectors.ts'
import { verifyingCases } from './verifying.ts'

/** One thing to try. */
export interface Case {
  readonly name: string
  readonly run: () => unknown
}

/** What came of a case. */
export interface Row {
  readonly name: string
  /** SHA-256 of what the case gave back, by WebCrypto, which the library does not hash with. */
  readonly digest: string
  /** The beginning of it, to see what differs; or the error that the case ended with. */
  readonly excerpt: string
  readonly isOk: boolean
}

const EXCERPT = 300

async function digestOf(text: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

async function runCase({ name, run }: Case): Promise<Row> {
  try {
    const text = describeOutput(await run())
    return { name, digest: await digestOf(text), excerpt: text.slice(0, EXCERPT), isOk: true }
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? String(error)) : String(error)
    return { name, digest: '', excerpt: `${String(error)}\n${text}`.slice(0, 4 * EXCERPT), isOk: false }
  }
}

/**
 * Runs every case, one after the other.
 *
 * @param origin where `loopbackHandler` answers
 */
export async function runSuite(inputs: Inputs, origin: string): Promise<Row[]> {
  const cases: readonly Case[] = [
    ...knownAnswerCases(inputs),
    ...signingCases(),
    ...verifyingCases(),
    ...aws4authCases(),
    ...streamingCases(),
    ...eventCases(),
    ...sigV4ACases(),
    ...olderCases(),
    ...formCases(),
    ...cloudFrontCases(inputs),
    ...digestCases(),
    ...answerCases(),
    ...loopbackCases(origin),
    ...vectorCases(inputs),
  ]
  const rows: Row[] = []
  for (const each of cases) rows.push(await runCase(each))
  return rows
}

/**
 * The last refusal, kept for `countersign explain last`: without secrets, for this user alone, and not at all with
 * `--no-record` or `COUNTERSIGN_NO_RECORD`.
 *
 * @module
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Explanation } from 'countersign/explain'
import { CommandError } from '../frame/command-error.ts'
import { EXIT } from '../frame/exit-codes.ts'
import type { RedactedEvidence } from './redact-evidence.ts'

/** What is kept. */
export interface LastRefusal {
  readonly schema: 'countersign/refusal/1'
  /** When it was refused, ISO 8601. */
  readonly at: string
  /** The verb that met it, such as `send`. */
  readonly by: string
  /** Who refused, where that verb serves: itself, or an upstream. */
  readonly refusedBy?: 'gateway' | 'upstream' | undefined
  /** Of its line in the log. */
  readonly requestId?: string | undefined
  /** Code of the refusal. */
  readonly cause?: string | undefined
  readonly url: string
  readonly evidence: RedactedEvidence
  /** Made then, with the clock and the key of then. */
  readonly explanation: Explanation
  /** The command that would have been right, where one is known. */
  readonly corrected?: string | undefined
}

/** Where it is kept. */
function placeOfLast(): string {
  const { env, platform } = process
  const home = env['HOME'] ?? homedir()
  const folder =
    env['XDG_STATE_HOME'] ||
    (platform === 'win32'
      ? env['LOCALAPPDATA'] || join(home, 'AppData', 'Local')
      : join(home, '.local', 'state'))
  return join(folder, 'countersign', 'last-refusal.json')
}

/** Whether anything is to be kept. */
export function isRecording(record: boolean | undefined): boolean {
  return record !== false && !process.env['COUNTERSIGN_NO_RECORD']
}

/** Keeps a refusal in the place of the one before. A disk that cannot be written to stops nobody. */
export function keepLast(refusal: LastRefusal): boolean {
  const place = placeOfLast()
  const draft = `${place}.${process.pid}`
  try {
    mkdirSync(dirname(place), { recursive: true, mode: 0o700 })
    writeFileSync(draft, `${JSON.stringify(refusal, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' })
    chmodSync(draft, 0o600)
    renameSync(draft, place)
    return true
  } catch {
    rmSync(draft, { force: true })
    return false
  }
}

/**
 * Reads it.
 *
 * @throws {@link CommandError} `REFUSAL_MISSING`, `REFUSAL_UNREADABLE`
 */
export function readLast(): LastRefusal {
  const place = placeOfLast()
  if (!existsSync(place)) throw missing(place)
  try {
    const last = JSON.parse(readFileSync(place, 'utf8')) as LastRefusal
    if (last.schema === 'countersign/refusal/1') return last
  } catch {
    // It is no more use than one of another version.
  }
  throw new CommandError('REFUSAL_UNREADABLE', 'The refusal that was kept cannot be read', {
    exitCode: EXIT.internal,
    why: `${place} is not as countersign writes it, or not yours to read`,
    fix: 'delete that file, and send the request again',
  })
}

function missing(place: string): CommandError {
  return new CommandError('REFUSAL_MISSING', 'No refusal has been kept', {
    why: `${place} is not there; send, proxy and gateway keep one when something is refused, unless --no-record or COUNTERSIGN_NO_RECORD is set`,
    fix: 'send the request again, or give the exchange in a file: countersign explain FILE',
  })
}

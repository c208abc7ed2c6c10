/**
 * What `countersign explain` is given: files, standard input, URLs, or a status, each read for what it is.
 *
 * @module
 */
import { readFileSync, statSync } from 'node:fs'
import { EvidenceError } from 'countersign/errors'
import { readEvidence, type Reading } from 'countersign/explain'
import { CommandError } from '../frame/command-error.ts'
import { readBytes } from '../frame/files.ts'
import type { Output } from '../frame/output.ts'

/** What the command line names. */
export interface EvidenceFlags {
  readonly request?: string | undefined
  readonly answer?: string | undefined
  readonly method?: string | undefined
}

const FORMS: ReadonlyMap<Reading['form'], string> = new Map([
  ['http', 'HTTP as it stands on the wire'],
  ['curl', 'a line of curl'],
  ['curl-log', 'a log of curl'],
  ['fetch', 'a call of fetch'],
  ['har', 'a HAR'],
  ['sdk-log', 'a log of an SDK'],
  ['url', 'a URL'],
  ['answer', 'an error document'],
  ['error-text', "a client's words"],
])

/** A body that a line of curl names is read up to this size, in bytes. */
const MOST = 64 * 1024 * 1024

/**
 * Reads all that was given; standard input where nothing was.
 *
 * @throws {@link CommandError} `FILE_UNREADABLE`, `EVIDENCE_UNREADABLE`
 */
export async function readSources(
  sources: readonly string[],
  { request, answer }: EvidenceFlags,
  output: Output,
): Promise<Reading[]> {
  const named = [request, answer, ...sources].filter((source) => source !== undefined)
  const readings: Reading[] = []
  for (const source of named.length > 0 ? named : ['-']) {
    const reading = await readSource(source)
    output.infer('read', FORMS.get(reading.form) ?? reading.form, nameOf(source))
    for (const note of reading.notes) output.warn('EVIDENCE_NOTE', note)
    readings.push(reading)
  }
  return readings
}

function nameOf(source: string): string {
  return source === '-' ? 'standard input' : isText(source) ? 'the command line' : source
}

/** A URL, a status or a pasted line, in the place of a file's name. */
function isText(source: string): boolean {
  return /^(?:https?|wss?):\/\/|^\d{3}$|^curl\s|^[<{]/.test(source)
}

async function readSource(source: string): Promise<Reading> {
  const given = isText(source) ? source : await readBytes(source, 'explain')
  try {
    return readEvidence(given, { readFile })
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error
    throw new CommandError(
      'EVIDENCE_UNREADABLE',
      `${nameOf(source)} cannot be read as a request or an answer`,
      {
        why: error.message,
        fix: 'countersign help explain',
        cause: error,
      },
    )
  }
}

function readFile(path: string): Uint8Array | undefined {
  try {
    return statSync(path).size > MOST ? undefined : readFileSync(path)
  } catch {
    return undefined
  }
}

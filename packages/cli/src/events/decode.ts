/**
 * `countersign events decode`: shows the messages of an event stream, each as soon as it is whole.
 *
 * @module
 */
import { createReadStream } from 'node:fs'
import { CountersignError } from 'countersign/errors'
import { decodeEvents, type EventHeaderValue, type EventMessage } from 'countersign/streaming'
import { CommandError } from '../frame/command-error.ts'
import { EXIT } from '../frame/exit-codes.ts'
import { unreadable } from '../frame/files.ts'
import { claimInput } from '../frame/streams.ts'
import { formatEventLine } from './event-lines.ts'
import { writeOut } from './raw-output.ts'

/**
 * Prints one JSON line a message.
 *
 * @throws {@link CommandError} `FILE_UNREADABLE`; `EVENT_MALFORMED`, `EVENT_CHECKSUM_MISMATCH`, `EVENT_LIMIT_EXCEEDED`,
 *   `EVENT_STREAM_INCOMPLETE` with the place of the message
 */
export async function decodeEventStream(path: string): Promise<void> {
  let offset = 0
  let count = 0
  try {
    for await (const message of decodeEvents(openSource(path))) {
      await writeOut(`${formatEventLine(message)}\n`)
      offset += lengthOf(message)
      count += 1
    }
  } catch (error) {
    throw error instanceof CountersignError && error.code.startsWith('EVENT_')
      ? broken(error, count + 1, offset)
      : error
  }
}

async function* openSource(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const source: AsyncIterable<Uint8Array> =
    path === '-' ? claimInput('events decode') : createReadStream(path, { highWaterMark: 65_536 })
  try {
    yield* source
  } catch (error) {
    throw unreadable(path, 'events decode', error)
  }
}

/** Lengths and checksums around headers and payload, in bytes. */
const FRAME = 16

/** Length of a message on the wire, in bytes. */
function lengthOf({ headers, payload }: EventMessage): number {
  return [...headers].reduce(
    // Before a value stand the length of the name, the name and the type.
    (length, [name, value]) => length + Buffer.byteLength(name) + 2 + lengthOfValue(value),
    FRAME + payload.length,
  )
}

const WIDTHS: ReadonlyMap<string, number> = new Map([
  ['byte', 1],
  ['short', 2],
  ['integer', 4],
  ['uuid', 16],
])

function lengthOfValue(value: EventHeaderValue): number {
  if (typeof value === 'boolean') return 0
  if (typeof value === 'string') return 2 + Buffer.byteLength(value)
  if (value instanceof Uint8Array) return 2 + value.length
  if (typeof value === 'bigint' || value instanceof Date) return 8
  return WIDTHS.get(value.type) ?? 0
}

function broken({ code, message }: CountersignError, number: number, offset: number): CommandError {
  return new CommandError(code, `Message ${number}, which begins at byte ${offset}, cannot be read`, {
    exitCode: EXIT.signature,
    why: message,
    fix: 'give the bytes as they came, from the beginning of a message on; the lines above are good',
  })
}

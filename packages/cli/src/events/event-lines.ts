/**
 * Messages of event streams as JSON lines: `{"headers":[{"name":…,"type":…,"value":…}],"payload":…}`, or with
 * `payloadBase64` where the payload is no text.
 *
 * @module
 */
import { encodeEvent, type EventHeaderValue, type EventInput, type EventMessage } from 'countersign/streaming'
import { CountersignError } from 'countersign/errors'
import { CommandError } from '../frame/command-error.ts'
import { formatField, parseBase64, parseValue } from './event-values.ts'

/** A message that was read from a line. */
export interface EventLine {
  readonly message: EventInput
  /** As it stands on the wire. */
  readonly bytes: Uint8Array
}

/** Spells a message, without a line end. */
export function formatEventLine({ headers, payload }: EventMessage): string {
  const fields = [...headers].map(([name, value]) => formatField(name, value))
  const text = textOf(payload)
  return JSON.stringify({
    headers: fields,
    ...(text === undefined ? { payloadBase64: Buffer.from(payload).toString('base64') } : { payload: text }),
  })
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * Reads messages. Empty lines are passed over.
 *
 * @throws {@link CommandError} `EVENT_INVALID`, with the number of the line
 */
export function parseEventLines(bytes: Uint8Array): readonly EventLine[] {
  const text = textOf(bytes)
  if (text === undefined) throw invalid('The input', 'it is no UTF-8')
  return text.split(/\r?\n/).flatMap((line, i) => (line.trim() === '' ? [] : [parseLine(line, i + 1)]))
}

function parseLine(line: string, number: number): EventLine {
  try {
    const message = readMessage(line)
    return { message, bytes: encodeEvent(message) }
  } catch (error) {
    if (error instanceof CountersignError) throw invalid(`Line ${number}`, error.message)
    throw error
  }
}

function readMessage(line: string): EventInput {
  const { headers = [], payload, payloadBase64, ...others } = readObject(readJson(line), 'it')
  const [other] = Object.keys(others)
  if (other !== undefined) throw fault(`${JSON.stringify(other)} is none of headers, payload, payloadBase64`)
  if (!Array.isArray(headers)) throw fault('headers is no list')
  if (payload !== undefined && payloadBase64 !== undefined) {
    throw fault('payload and payloadBase64 are both there')
  }
  return { headers: headers.map(readHeader), payload: readPayload(payload, payloadBase64) }
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw fault('it is no JSON')
  }
}

function readObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (isObject(value)) return value
  throw fault(`${what} is no object`)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readHeader(field: unknown): readonly [string, EventHeaderValue] {
  const { name, type, value } = readObject(field, 'a header')
  if (typeof name !== 'string' || typeof type !== 'string') throw fault('a header has no name or no type')
  const read = parseValue(type, value)
  if (read !== undefined) return [name, read]
  throw fault(`the header ${JSON.stringify(name)} has no value of the type ${JSON.stringify(type)}`)
}

function readPayload(text: unknown = '', base64: unknown): Uint8Array | string {
  const payload = base64 === undefined ? text : parseBase64(base64)
  if (typeof payload === 'string' || payload instanceof Uint8Array) return payload
  throw fault(base64 === undefined ? 'payload is no text' : 'payloadBase64 is no base64')
}

/** What is wrong with a line; its number is added further up. */
function fault(message: string): CountersignError {
  return new CountersignError('EVENT_INVALID', message)
}

function invalid(what: string, why: string): CommandError {
  return new CommandError('EVENT_INVALID', `${what} is no event`, {
    why,
    fix: 'write each event in a line of its own, as countersign events decode prints it',
  })
}

/**
 * What is done with an answer: its heads and its body are written out, or become part of one JSON object.
 *
 * @module
 */
import { CommandError } from '../frame/command-error.ts'
import type { Output } from '../frame/output.ts'
import { openSink, type AnswerSink } from './answer-sink.ts'
import type { Counts, Delivered } from './delivery.ts'
import type { Progress } from './progress.ts'
import { formatResponseHead } from './redacted-heads.ts'
import { redactHeader, redactUrl } from '../request/redacted-headers.ts'
import type { SendFlags } from './send-flags.ts'
import type { WireResponse } from './transport.ts'
import { headerValue, type WireRequest } from './wire-request.ts'

/** What lasts for one run. */
export interface Run {
  readonly flags: SendFlags
  readonly output: Output
  readonly progress: Progress
  readonly counts: Counts
}

/**
 * Writes an answer.
 *
 * @param failure what the command will end with, for JSON
 * @param url the one that was given, whose last name `-O` takes
 * @throws {@link CommandError} of the file or the terminal; what reading the body throws
 */
export async function writeAnswer(
  delivered: Delivered,
  failure: unknown,
  url: string,
  run: Run,
): Promise<void> {
  const { flags, output, progress } = run
  progress.clear()
  const isShown = !flags.fail || flags.failWithBody === true || delivered.response.status < 400
  const memory: Uint8Array[] = []
  let file = ''
  if (isShown) {
    const sink = await openSink(flags, url, output.isJson ? memory : undefined)
    file = sink.file
    try {
      if ((flags.include || flags.head) && !output.isJson) await writeHeads(delivered, sink)
      await writeBody(delivered, sink, run)
    } finally {
      await sink.close()
    }
  }
  if (output.isJson) writeJson(delivered, failure, describeBody(isShown, memory, file), run)
}

async function writeHeads({ heads, response }: Delivered, sink: AnswerSink): Promise<void> {
  for (const { status, reason, headers } of [...heads, response]) {
    await sink.write(Buffer.from(formatResponseHead(status, reason, headers), 'latin1'))
  }
}

async function writeBody(
  { prefix, response }: Delivered,
  sink: AnswerSink,
  { progress, counts }: Run,
): Promise<void> {
  // On a terminal the body itself shows how far it is.
  const isSeen = sink.file === '' && process.stdout.isTTY
  const track = progress.follow('downloading', lengthOf(response))
  const write = async (chunk: Uint8Array): Promise<void> => {
    counts.downloaded += chunk.byteLength
    if (!isSeen) track(chunk.byteLength)
    await sink.write(chunk)
  }
  if (prefix.byteLength > 0) await write(prefix)
  for await (const chunk of response.body) await write(chunk)
}

function lengthOf({ headers }: WireResponse): number | undefined {
  const text = headerValue(headers, 'content-length') ?? ''
  return /^\d+$/.test(text) ? Number(text) : undefined
}

function writeJson(delivered: Delivered, failure: unknown, body: object, { output, counts }: Run): void {
  const { attempt, response, next } = delivered
  const { status, reason, headers } = response
  output.writeJson('send', {
    request: describeRequest(attempt.wire, attempt.signed.url),
    response: { status, reason, headers: headers.map(redactHeader), ...body },
    ...(failure instanceof CommandError ? { error: describeError(failure) } : {}),
    ...(next.kind === 'refused' ? { redirect: { to: redactUrl(next.to), reason: next.reason } } : {}),
    attempts: counts.attempts,
    redirects: counts.redirects,
  })
}

/** The request in JSON, without what is secret. */
export function describeRequest({ method, headers }: WireRequest, url: string): object {
  return { method, url: redactUrl(url), headers: headers.map(redactHeader) }
}

function describeError({ code, message, why, fix }: CommandError): object {
  return { code, message, why, fix }
}

function describeBody(isShown: boolean, memory: readonly Uint8Array[], file: string): object {
  if (!isShown) return {}
  if (file !== '') return { bodyFile: file }
  const bytes = Buffer.concat(memory)
  const text = bytes.toString('utf8')
  return Buffer.from(text).equals(bytes)
    ? { body: text }
    : { body: bytes.toString('base64'), bodyEncoding: 'base64' }
}

/**
 * Shows a request without sending it: as it would stand on the wire, as a line of curl, or as JSON.
 *
 * @module
 */
import { CommandError } from '../frame/command-error.ts'
import type { Output } from '../frame/output.ts'
import { formatCurlCommand, formatCurlLine } from '../request/curl-line.ts'
import type { GivenRequest } from '../request/given-request.ts'
import { writeOutput } from './answer-sink.ts'
import { describeRequest } from './answer.ts'
import { curlWay } from './curl-way.ts'
import type { OutgoingRequest } from './outgoing-request.ts'
import { redactCanonical } from './redacted-heads.ts'
import { redactHeader } from '../request/redacted-headers.ts'
import type { SendFlags } from './send-flags.ts'
import type { SignedAttempt } from './signing.ts'
import { tellSteps } from './talk.ts'
import { formatHead } from './wire-request.ts'

/**
 * Shows a signed request.
 *
 * @throws {@link CommandError} `USAGE` where the body fits into no line
 */
export async function showRequest(
  { wire, signed }: SignedAttempt,
  request: OutgoingRequest,
  flags: SendFlags,
  output: Output,
): Promise<void> {
  if (flags.printCurl) {
    const { body, chunks } = request
    if (chunks) throw inChunks()
    const isFile = flags.uploadFile !== undefined && body !== undefined && body.bytes === undefined
    if (body && !body.bytes && (!isFile || flags.uploadFile === '-')) throw tooLong()
    const file = isFile ? { path: flags.uploadFile ?? '', length: body.size ?? 0 } : undefined
    const whole = { ...request, body: body?.bytes, file }
    const way = curlWay(flags, process.env)
    const line =
      flags.bearer === undefined
        ? formatCurlLine(signed, whole, { way })
        : await bearerLine(signed, whole, flags.bearer, way)
    if (output.isJson) output.writeJson('send', { dryRun: true, curl: line })
    else output.write(line)
    return
  }
  if (output.isJson) {
    const { canonicalRequest, stringToSign, scope } = signed
    const steps = {
      canonicalRequest: canonicalRequest && redactCanonical(canonicalRequest),
      stringToSign: redactCanonical(stringToSign),
      scope,
    }
    output.writeJson('send', {
      dryRun: true,
      request: describeRequest(wire, signed.url),
      ...(flags.dryRunCanonical ? { steps } : {}),
    })
    return
  }
  if (flags.dryRunCanonical) tellSteps({ wire, signed }, output)
  // Whoever has the token can do all that it allows, unlike with a signature.
  const shown =
    flags.bearer === undefined
      ? wire
      : { ...wire, headers: wire.headers.map((header) => redactHeader(header)) }
  await writeOutput(formatHead(shown), true)
  if (wire.body) for await (const chunk of wire.body.read()) await writeOutput(chunk, flags.output === '-')
}

async function bearerLine(
  signed: SignedAttempt['signed'],
  request: Pick<GivenRequest, 'body' | 'file'>,
  source: string,
  way: readonly string[],
): Promise<string> {
  const { variableOf } = await import('./bearer.ts')
  const tokenVariable = variableOf(source)
  const command = formatCurlCommand(signed, request, { way, tokenVariable })
  return `# takes the token from the variable ${tokenVariable}\n${command}\n`
}

function inChunks(): CommandError {
  return new CommandError('USAGE', 'curl sends no body in signed chunks', {
    why: 'each chunk carries a signature that covers the one before',
    fix: 'leave out --print-curl, or --chunked and --trailer',
  })
}

function tooLong(): CommandError {
  return new CommandError('USAGE', 'The body fits into no line of curl', {
    why: 'it is a form with files, or came through a pipe and is large',
    fix: 'put it into a file and give it with -T',
  })
}

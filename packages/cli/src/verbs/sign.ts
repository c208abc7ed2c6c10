/**
 * `countersign sign`: prints what signs a request, and sends nothing.
 *
 * @module
 */
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Option, type Command } from 'commander'
import { resolveCredentials } from '../credentials/resolve.ts'
import { CommandError } from '../frame/command-error.ts'
import {
  addCredentialOptions,
  addExamples,
  addOutputOptions,
  addPinOptions,
  addScopeOptions,
  createVerbCommand,
  type SigningFlags,
} from '../frame/options.ts'
import { createOutput, type Output } from '../frame/output.ts'
import { formatInstant } from '../frame/times.ts'
import type { AnySigned } from '../request/any-signed.ts'
import { endOf, formatCurlLine } from '../request/curl-line.ts'
import { formatHead } from '../request/raw-http.ts'
import { addRequestOptions, readRequest, type RequestFlags } from '../request/request-options.ts'
import type { GivenRequest } from '../request/given-request.ts'
import { resolveScope, type ResolvedScope } from '../request/scope.ts'
import { tellSteps } from '../request/sections.ts'
import { signGiven } from '../request/sign-given.ts'
import { tellWarnings } from '../request/signing-warnings.ts'
import { resolveSignHeaders } from '../request/unsign.ts'

interface Flags extends SigningFlags, RequestFlags {
  readonly format: 'headers' | 'curl' | 'http'
}

/** Makes the command. */
export function createCommand(): Command {
  const command = createVerbCommand('sign', 'Prints the headers that sign a request. Sends nothing.')
    .argument('<url>')
    .addOption(
      new Option('--format <form>', 'what to print').choices(['headers', 'curl', 'http']).default('headers'),
    )
  const parts = addRequestOptions(command)
  addOutputOptions(addCredentialOptions(addPinOptions(addScopeOptions(command, ['v3']))))
  addExamples(command, [
    'sign https://sqs.eu-west-1.amazonaws.com/',
    'sign --format curl -d @query.json https://search-x.eu-west-1.es.amazonaws.com/_search',
    'sign --format http -T photo.jpg https://my-bucket.s3.eu-west-1.amazonaws.com/',
  ])
  return command.action(async (url: string, flags: Flags) => {
    const output = createOutput(flags)
    const credentials = await resolveCredentials(flags, output)
    const request = await readRequest(url, flags, parts)
    const scope = await resolveScope(request.url, flags, credentials, output)
    assertShowable(scope, flags)
    const signHeaders = resolveSignHeaders(request, flags, output)
    const { at: date } = flags
    const signed = await signGiven(request, scope, { credentials, date, signHeaders })
    tellWarnings(signed.warnings, output)
    tellSteps(signed, credentials.sessionToken, output)
    await print(signed, { ...request, body: signed.body ?? request.body }, flags, output)
  })
}

/** The signature of SigV2 is no header. */
function assertShowable({ older }: ResolvedScope, { format, json }: Flags): void {
  if (older !== 'v2' || json || format !== 'headers') return
  throw new CommandError('USAGE', 'SigV2 has no headers to print', {
    why: 'its signature stands in the URL, or in the form that is the body',
    fix: 'add --format curl or --format http, or make a URL with countersign presign --algorithm v2',
  })
}

/** The headers that signing adds or replaces. `host` is added by whatever sends the request. */
const ADDED: ReadonlySet<string> = new Set([
  'authorization',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-region-set',
  'x-amz-security-token',
  'x-amzn-authorization',
])

async function print(
  signed: AnySigned,
  request: GivenRequest,
  { format }: Flags,
  output: Output,
): Promise<void> {
  const added = signed.headers.filter(([name]) => ADDED.has(name))
  if (output.isJson) {
    const { method, url, headers, scope, signedHeaders } = signed
    const validUntil = formatInstant(endOf(signed))
    output.writeJson('sign', { method, url, headers, added, scope, signedHeaders, validUntil })
    return
  }
  if (format === 'curl') output.write(formatCurlLine(signed, request))
  else if (format === 'http') await printHttp(signed, request, output)
  else output.write(added.map(([name, value]) => `${name}: ${value}\n`).join(''))
}

async function printHttp(signed: AnySigned, { body, file }: GivenRequest, output: Output): Promise<void> {
  output.write(formatHead(signed, body?.length ?? file?.length))
  if (body) output.write(body)
  if (file) await pipeline(createReadStream(file.path), process.stdout, { end: false })
}

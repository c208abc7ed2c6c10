/**
 * Debug logs of SDKs: botocore's (boto3, and the AWS CLI with `--debug`), those of the SDKs for Go, and errors of the
 * SDK for JavaScript as Node prints them. Of several requests in one log the last one is taken.
 *
 * @see {@link https://docs.aws.amazon.com/sdk-for-go/v2/developer-guide/configure-logging.html}
 * @module
 */
import { bytesOfText, utf8 } from '../../core/bytes.ts'
import { EvidenceError } from '../../errors.ts'
import { readPythonBytes, readPythonPairs } from './python-literal.ts'
import { parseRawAnswer, parseRawRequest } from './raw-http.ts'
import type { ObservedAnswer, ObservedRequest } from '../evidence.ts'
import type { Reading } from './reading.ts'
import { unescapeScript } from './script-literal.ts'
import { headerOf, splitUrl } from './text.ts'

const BOTOCORE = /(?:CanonicalRequest:\r?\n[A-Z]|Sending http request: <AWSPreparedRequest)/
const GO = /---\[ (?:REQUEST|RESPONSE|CANONICAL STRING|STRING TO SIGN)|^SDK .* DEBUG (?:Request|Response)\b/m
const SCRIPT = /\$metadata: \{[^{}]*httpStatusCode|\b(?:CanonicalRequest|StringToSign): (?:'|")/

/** A canonical request, whatever stands behind it. */
const CANONICAL =
  /([A-Z]+\n[^\n]*\n[^\n]*\n(?::?[\w.!#$%&'*+^`|~-]+:[^\n]*\n)+\n[^\n]+\n(?:[\da-f]{64}|[A-Z][A-Z\d-]+))/
const TO_SIGN = /(AWS4-[A-Z\d-]+\n\d{8}T\d{6}Z\n[^\n]+\n[\da-f]{64})/

/** Whether a text is such a log. */
export function looksLikeSdkLog(text: string): boolean {
  return BOTOCORE.test(text) || GO.test(text) || SCRIPT.test(text)
}

/**
 * Reads such a log.
 *
 * @throws {@link EvidenceError} `EVIDENCE_MALFORMED` when nothing of a request or an answer is in it
 */
export function readSdkLog(given: string): Reading {
  const log = given.replaceAll('\r\n', '\n')
  const found = BOTOCORE.test(log) ? readBotocore(log) : GO.test(log) ? readGo(log) : readScript(log)
  if (found.request === undefined && found.answer === undefined && found.signed === undefined) {
    throw new EvidenceError('EVIDENCE_MALFORMED', 'The log shows neither a request nor an answer')
  }
  return found
}

function signedIn(log: string): Reading['signed'] {
  const canonicalRequest = lastOf(
    log,
    new RegExp(`(?:CanonicalRequest:|CANONICAL STRING +\\]-*)\\n${CANONICAL.source}`, 'g'),
  )
  const stringToSign = lastOf(
    log,
    new RegExp(`(?:StringToSign:|STRING TO SIGN \\]-*)\\n${TO_SIGN.source}`, 'g'),
  )
  if (canonicalRequest === undefined && stringToSign === undefined) return undefined
  return {
    ...(canonicalRequest !== undefined && { canonicalRequest }),
    ...(stringToSign !== undefined && { stringToSign }),
  }
}

function lastOf(log: string, pattern: RegExp): string | undefined {
  return [...log.matchAll(pattern)].at(-1)?.[1]
}

const PREPARED =
  /Sending http request: <AWSPreparedRequest stream_output=\w+, method=(\w+), url=(\S+), headers=(\{.*)/g

function readBotocore(log: string): Reading {
  const [, method, url = '', headers = ''] = [...log.matchAll(PREPARED)].at(-1) ?? []
  const parts = splitUrl(url)
  const wire =
    method !== undefined && parts
      ? { method, ...parts, headers: withHost(readPythonPairs(headers), parts.host), body: bodyIn(log) }
      : undefined
  const status = lastOf(log, /"[A-Z]+ \S+ HTTP\/[\d.]+" (\d{3})\b/g)
  const bodies = [...log.matchAll(/Response body:\n/g)]
  const at = bodies.at(-1)
  const body = at === undefined ? undefined : readPythonBytes(log.slice(at.index + at[0].length))
  const answer: ObservedAnswer | undefined =
    status === undefined && body === undefined
      ? undefined
      : {
          status: Number(status ?? 0),
          headers: readPythonPairs(lastOf(log, /Response headers: (\{.*)/g) ?? ''),
          body: body === undefined || body === '' ? undefined : bytesOfText(body),
        }
  return { form: 'sdk-log', request: wire, wire, signed: signedIn(log), answer, notes: [] }
}

function withHost(headers: [string, string][], host: string): [string, string][] {
  return headerOf(headers, 'host') === undefined ? [['host', host], ...headers] : headers
}

const BODY = "'body': "

/** The body stands in the line that announces the request. */
function bodyIn(log: string): Uint8Array | undefined {
  const line = lastOf(log, /Making request for OperationModel\((.*)/g) ?? ''
  const body = readPythonBytes(line.slice(line.indexOf(BODY) + BODY.length))
  return body === undefined || body === '' ? undefined : bytesOfText(body)
}

function readGo(log: string): Reading {
  const text = log.includes('\\n') && !log.includes('\nHost:') ? unescapeScript(log) : log
  const request = section(
    text,
    /(?:---\[ REQUEST[^\n[]*|DEBUG Request)\n([A-Z]+ \S+ HTTP\/[\d.]+\n[\s\S]*?)(?=\n-{20,}|\nSDK |\n\d{4}[/-]\d\d[/-]\d\d |$)/g,
  )
  const answer = section(
    text,
    /(?:---\[ RESPONSE[^\n[]*|DEBUG Response)\n(HTTP\/[\d.]+ \d{3}[\s\S]*?)(?=\n-{20,}|\nSDK |\n\d{4}[/-]\d\d[/-]\d\d |$)/g,
  )
  const wire = request === undefined ? undefined : goRequest(request)
  const body = bodyBehind(text.slice(text.lastIndexOf('---[ RESPONSE')))
  const read = answer === undefined ? undefined : parseRawAnswer(bytesOfText(latin(answer)))
  const whole =
    read && body !== undefined && (read.body?.length ?? 0) === 0 ? { ...read, body: utf8(body) } : read
  return { form: 'sdk-log', request: wire, wire, signed: signedIn(text), answer: whole, notes: [] }
}

/** Version 1 shows a body behind the line that ends the answer, where it is a document. */
function bodyBehind(answer: string): string | undefined {
  const line = /\n-{20,}\n(?:\d{4}\/\S+ \S+ )?(?=<\?xml|\{)/.exec(answer)
  const rest = line && answer.slice(line.index + line[0].length)
  return rest?.slice(0, Math.max(rest.lastIndexOf('>'), rest.lastIndexOf('}')) + 1)
}

function section(log: string, pattern: RegExp): string | undefined {
  return lastOf(log, pattern)
}

function latin(text: string): string {
  return text.replace(/[^\0-\xff]/g, '?')
}

function goRequest(text: string): ObservedRequest {
  const { request } = parseRawRequest(bytesOfText(latin(text.includes('\n\n') ? text : `${text}\n\n`)))
  // The log of Go ends a head in a blank line, and says nothing of a body that it does not show.
  const { body, ...head } = request
  return body.length === 0 ? { ...head, protocol: 'https' } : { ...request, protocol: 'https' }
}

/** Elements of an error document, as the SDK for JavaScript hangs them on its error. */
const ELEMENTS = [
  'Code',
  'AWSAccessKeyId',
  'StringToSign',
  'SignatureProvided',
  'StringToSignBytes',
  'CanonicalRequest',
  'CanonicalRequestBytes',
  'Region',
  'RequestTime',
  'ServerTime',
  'HeadersNotSigned',
  'Endpoint',
  'RequestId',
  'HostId',
]

function readScript(log: string): Reading {
  const [, head = '', message] = /^[ \t]*(?:\S+ )?(\w+)(?: \[\w+\])?: ([^\n]*)/m.exec(log) ?? []
  const fields = new Map(ELEMENTS.map((name) => [name, inspected(log, name)] as const))
  const code = fields.get('Code') ?? inspected(log, 'name') ?? (head === '' ? undefined : head)
  const status = /httpStatusCode: (\d{3})/.exec(log)?.[1]
  const document = ELEMENTS.filter((name) => name !== 'Code').flatMap((name) => {
    const value = fields.get(name)
    return value === undefined ? [] : [`<${name}>${escapeXml(value)}</${name}>`]
  })
  const body = `<Error><Code>${escapeXml(code ?? '')}</Code><Message>${escapeXml(message ?? '')}</Message>${document.join('')}</Error>`
  const answer =
    code === undefined && status === undefined
      ? undefined
      : { status: Number(status ?? 0), headers: [], body: utf8(body) }
  return { form: 'sdk-log', answer, notes: [] }
}

/** A field as `util.inspect` writes it: `Code: 'x'`, long texts in pieces with `+` between them. */
export function inspected(log: string, name: string): string | undefined {
  const piece = String.raw`(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")`
  const match = new RegExp(String.raw`(?:^|[\s{,])'?${name}'?: (${piece}(?:\s*\+\s*${piece})*)`).exec(log)
  if (!match) return undefined
  const pieces = [...(match[1] ?? '').matchAll(new RegExp(piece, 'g'))]
  return pieces.map(([text]) => unescapeScript(text.slice(1, -1))).join('')
}

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

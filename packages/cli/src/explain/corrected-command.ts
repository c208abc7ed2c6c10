/**
 * The command that sends a request with the mistake mended.
 *
 * @module
 */
import type { Correction, Evidence } from 'countersign/explain'
import { quote } from '../request/curl-line.ts'

/** Headers that a client makes by itself, or that are of a signature. */
const MADE =
  /^(?:host|authorization|x-amz-date|x-amz-region-set|x-amz-security-token|x-amz-content-sha256|content-length|connection|user-agent|accept|accept-encoding|transfer-encoding|expect)$/i
const SECRET = /^(?:cookie|proxy-authorization|x-api-key|.*customer-key|.*token)$/i
const SIGNING =
  /[?&](?:X-Amz-(?:Algorithm|Credential|Date|Expires|Region-Set|SignedHeaders|Security-Token|Signature|Content-Sha256))=[^&]*/gi

/** Hosts that tell service and region by their names. */
const TELLING = /\.(?:amazonaws\.(?:com|com\.cn|eu)|on\.aws|api\.aws)(?::\d+)?$/i
const SCOPE_OF_ALL = /(?:\/|%2F)\d{8}(?:(?:\/|%2F)[\w-]+)?(?:\/|%2F)([\w-]+)(?:\/|%2F)aws4_request/i
const SCOPE = /\/\d{8}(?:\/|%2F)([\w-]+)(?:\/|%2F)([\w-]+)(?:\/|%2F)aws4_request/i

/** What a correction leaves unsaid for a command line, such as a clock. */
function isForCommand(correction: Correction): boolean {
  const { clockOffset: _, ...rest } = correction
  return Object.values(rest).some((value) => value !== undefined)
}

/** The line, for a shell; nothing where the correction is not one that a line can hold. */
export function correctedCommand(
  { request }: Evidence,
  correction: Correction | undefined,
): string | undefined {
  const host = request.headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? request.host
  if (!correction || !isForCommand(correction) || host === undefined || request.method === '')
    return undefined
  const isPresigned = /[?&]X-Amz-Signature=/i.test(request.target)
  const place = correction.region === undefined ? host : inRegion(host, correction.region)
  const target =
    correction.target ??
    (isPresigned ? request.target.replace(SIGNING, '').replace(/^([^?&]*)&/, '$1?') : request.target)
  // A presigned URL that is mended in its text is used as it is, and must not be printed with its signature.
  if (/X-Amz-Signature=/i.test(target)) return undefined
  const words = ['countersign', isPresigned ? 'presign' : 'send', ...wordsOf(request, correction)]
  return [...words, quote(`${request.protocol ?? 'https'}://${place}${target}`)].join(' ')
}

/** The endpoint of S3 in another region: a bucket answers in its own. */
function inRegion(host: string, region: string): string {
  return host.replace(/(\bs3[.-](?:dualstack\.)?)[a-z]{2}(?:-[a-z]+)+-\d(?=\.amazonaws\.)/, `$1${region}`)
}

function wordsOf(request: Evidence['request'], correction: Correction): string[] {
  const signed = signedScope(request)
  const {
    method = request.method,
    algorithm = signed.algorithm,
    region = correction.algorithm === undefined ? signed.region : undefined,
    service = signed.service,
    removeHeaders = [],
    unsignHeaders = [],
  } = correction
  const removed = new Set([...removeHeaders, ...unsignHeaders].map((name) => name.toLowerCase()))
  const kept = request.headers.filter(
    ([name]) => !MADE.test(name) && !SECRET.test(name) && !removed.has(name.toLowerCase()),
  )
  const headers = [...kept, ...(correction.setHeaders ?? []).filter(([name]) => !MADE.test(name))]
  const hasBody = (request.body?.length ?? 0) > 0
  return [
    ...(method === 'GET' ? [] : ['-X', quote(method)]),
    ...(service === undefined ? [] : ['--service', quote(service)]),
    ...regionWords(region, algorithm),
    ...headers.flatMap(([name, value]) => ['-H', quote(`${name}: ${value}`)]),
    ...(hasBody ? ['--data-binary', '@BODY'] : []),
  ]
}

/** What the request was signed for, where the host cannot tell the next one. */
function signedScope({ headers, target, host = '' }: Evidence['request']): {
  service?: string | undefined
  /** With SigV4A, a set of them. */
  region?: string | undefined
  algorithm?: 'v4a' | undefined
} {
  const valueOf = (wanted: string): string | undefined =>
    headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
  const isTold = TELLING.test(valueOf('host') ?? host)
  const signature = valueOf('authorization') ?? target
  if (signature.includes('AWS4-ECDSA-P256-SHA256')) {
    const set = /[?&]X-Amz-Region-Set=([^&]*)/i.exec(target)?.[1]
    const region = valueOf('x-amz-region-set') ?? set?.replaceAll(/%2C/gi, ',').replaceAll(/%2A/gi, '*')
    const [, service] = SCOPE_OF_ALL.exec(signature) ?? []
    return { region, algorithm: 'v4a', ...(!isTold && { service }) }
  }
  if (isTold) return {}
  const [, region, service] = SCOPE.exec(signature) ?? []
  return { region, service }
}

function regionWords(region: string | undefined, algorithm: string | undefined): string[] {
  if (algorithm === 'v4a') return ['--algorithm', 'v4a', '--region-set', quote(region ?? '*')]
  return region === undefined ? [] : ['--region', quote(region)]
}

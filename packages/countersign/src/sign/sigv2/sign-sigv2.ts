/**
 * Signs requests of query APIs with SigV2: all parameters are signed, in the URL or, of a POST, in the form that is the
 * body.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonSimpleDB/latest/DeveloperGuide/HMACAuth.html}
 * @module
 */
import {
  buildSigV2StringToSign,
  findRepeatedName,
  FORM_TYPE,
  isFormType,
  SIGV2_QUERY,
  type SigV2Method,
} from '../../algorithms/sigv2.ts'
import { bytesOfBinary, signHmacSha1, signHmacSha256 } from '../../algorithms/sigv2-hmac.ts'
import { utf8 } from '../../core/bytes.ts'
import type { Header } from '../../core/canonical-headers.ts'
import { parseQuery, type QueryPair } from '../../core/canonical-query.ts'
import { encodeUri } from '../../core/uri-encoding.ts'
import { SigningError } from '../../errors.ts'
import type { HttpRequest, SyncBody } from '../http-request.ts'
import { readSyncBody } from '../read-body.ts'
import { headerValue } from '../read-headers.ts'
import { resolveExpiry } from '../resolve-expiry.ts'
import { planOlder, urlOf, type OlderPlan } from './plan-older.ts'
import type { OlderSignedRequest, OlderSignOptions } from './signed-request.ts'

/** Options of {@link signSigV2}. */
export interface SigV2SignOptions extends OlderSignOptions {
  /** `HmacSHA256` by default. */
  readonly signatureMethod?: SigV2Method | undefined
  /** Whole seconds, 1 to 604,800, after which the request is void. By default it has the signing instant in their place. */
  readonly expiresIn?: number | undefined
}

const SIGNERS: ReadonlyMap<unknown, (secretAccessKey: string, text: string) => string> = new Map([
  ['HmacSHA1', signHmacSha1],
  ['HmacSHA256', (secret, text) => signHmacSha256(secret, bytesOfBinary(text))],
])
const OWN: ReadonlySet<string> = new Set(Object.values(SIGV2_QUERY))

/**
 * Signs a request, at once. The parameters of a POST must be its body, as a form; others have none.
 *
 * @throws {@link SigningError} when the request cannot be signed; `QUERY_NOT_SIGNABLE`, `BODY_UNSUPPORTED`
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`, `CREDENTIALS_EXPIRED`
 */
export function signSigV2(request: HttpRequest<SyncBody>, options: SigV2SignOptions): OlderSignedRequest {
  const plan = planOlder(request, options)
  const { method, path, host } = plan
  const isForm = method === 'POST'
  const given = readParameters(plan, readSyncBody(request.body)).filter(([name]) => !OWN.has(name))
  const repeated = findRepeatedName(given)
  if (repeated !== undefined) {
    const why = `The parameter ${repeated} stands twice; SigV2 has no lists`
    throw new SigningError('QUERY_NOT_SIGNABLE', why)
  }
  const pairs = [...given, ...ownParameters(plan, options)]
  const stringToSign = buildSigV2StringToSign(method, host.toLowerCase(), path, pairs)
  const signature = signWith(options, stringToSign)
  const signed = [...pairs, [SIGV2_QUERY.signature, encodeUri(signature)]]
  const text = signed.map((pair) => pair.join('=')).join('&')
  return {
    method,
    url: urlOf(plan, isForm ? '' : text),
    headers: [['host', host], ...plan.given, ...typeOfForm(plan)],
    ...(isForm && { body: utf8(text) }),
    stringToSign,
    signature,
    warnings: plan.warnings,
  }
}

function readParameters({ method, query, given }: OlderPlan, body: Uint8Array | undefined): QueryPair[] {
  if (method !== 'POST') {
    if (!body?.length) return parseQuery(query, 'plus')
    throw new SigningError('BODY_UNSUPPORTED', 'SigV2 signs no body but the form of a POST')
  }
  if (query !== '') {
    throw new SigningError(
      'QUERY_NOT_SIGNABLE',
      'SigV2 signs the form of a POST and not its query: move it there',
    )
  }
  if (!isFormType(headerValue(given, 'content-type') ?? FORM_TYPE)) {
    throw new SigningError('BODY_UNSUPPORTED', `SigV2 signs no body but ${FORM_TYPE}`)
  }
  let text = ''
  for (const byte of body ?? []) text += String.fromCharCode(byte)
  return parseQuery(text, 'space')
}

function ownParameters(plan: OlderPlan, options: SigV2SignOptions): QueryPair[] {
  const { accessKeyId, sessionToken } = options.credentials
  const { signatureMethod = 'HmacSHA256' } = options
  const own: Header[] = [
    [SIGV2_QUERY.accessKeyId, accessKeyId],
    [SIGV2_QUERY.version, '2'],
    [SIGV2_QUERY.method, signatureMethod],
    timeOf(plan, options),
  ]
  if (sessionToken) own.push([SIGV2_QUERY.securityToken, sessionToken])
  return own.map(([name, value]) => [name, encodeUri(value)])
}

function timeOf({ instant, warnings }: OlderPlan, options: SigV2SignOptions): Header {
  if (options.expiresIn === undefined) return [SIGV2_QUERY.timestamp, formatTime(instant)]
  const second = Math.floor(instant.getTime() / 1000)
  const { expiresAt } = resolveExpiry(options, { second, query: { wire: '' }, warnings })
  return [SIGV2_QUERY.expires, formatTime(expiresAt)]
}

function formatTime(instant: Date): string {
  return instant.toISOString().replace(/\.\d+/, '')
}

function signWith({ credentials, signatureMethod = 'HmacSHA256' }: SigV2SignOptions, text: string): string {
  const sign = SIGNERS.get(signatureMethod)
  if (sign) return sign(credentials.secretAccessKey, text)
  throw new SigningError('OPTION_INVALID', 'signatureMethod must be HmacSHA256 or HmacSHA1')
}

/** Servers find no parameters in a body of another type. */
function typeOfForm({ method, given }: OlderPlan): Header[] {
  const isNeeded = method === 'POST' && headerValue(given, 'content-type') === undefined
  return isNeeded ? [['content-type', FORM_TYPE]] : []
}

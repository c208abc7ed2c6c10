/**
 * Why a server refused: AWS's error code and message, read off the body or the head in any of the shapes that AWS
 * answers in, and what kind of a problem it is.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html}
 * @module
 */

/** What has to be looked at: the signature, the clock, the permissions, the credentials' age, or none of them. */
export type RefusalKind = 'signature' | 'clock' | 'permission' | 'expired' | 'other'

/** An error answer, understood as far as it goes. */
export interface Refusal {
  readonly kind: RefusalKind
  /** AWS's code without its name space, such as `SignatureDoesNotMatch`; absent when the answer has none. */
  readonly code: string | undefined
  /** First line of AWS's message. */
  readonly message: string | undefined
  /** The region that the server names as the right one. */
  readonly region: string | undefined
  /** The server's clock, in milliseconds since 1970, when the answer tells it. */
  readonly serverTime: number | undefined
}

type Headers = readonly (readonly [name: string, value: string])[]

const KINDS: ReadonlyMap<string, RefusalKind> = new Map(
  Object.entries({
    signature:
      'SignatureDoesNotMatch InvalidSignature IncompleteSignature AuthorizationHeaderMalformed AuthorizationQueryParametersError XAmzContentSHA256Mismatch InvalidAccessKeyId InvalidClientTokenId UnrecognizedClient MissingAuthenticationToken InvalidToken InvalidSecurity AuthFailure MissingSecurityHeader',
    clock: 'RequestTimeTooSkewed RequestExpired RequestInTheFuture',
    permission:
      'AccessDenied AllAccessDisabled UnauthorizedOperation NotAuthorized Unauthorized Forbidden OptInRequired AccountProblem',
    expired: 'ExpiredToken TokenRefreshRequired',
  }).flatMap(([kind, codes]) => codes.split(' ').map((code) => [code, kind as RefusalKind] as const)),
)

/** Messages that say more than the code that they come with. */
const TOLD_BY_MESSAGE: readonly (readonly [RegExp, RefusalKind])[] = [
  [/^Signature (?:expired|not yet current)|^Request (?:has expired|is not valid yet)/, 'clock'],
  [/headers present in the request which were not signed|requires a valid Date or x-amz-date/, 'signature'],
  [/authorization mechanism you have provided|required header for this request: x-amz-content/, 'signature'],
  [/security token included in the request is expired/, 'expired'],
]

/**
 * Reads an error answer.
 *
 * @param body its beginning is enough
 */
export function readRefusal(status: number, headers: Headers, body: Uint8Array): Refusal {
  const text = Buffer.from(body).toString('utf8')
  const { code, message } = readXml(text) ?? readJson(text) ?? readPlain(text)
  const typed = headerValue(headers, 'x-amzn-errortype')
  const plainCode = cleanCode(typed ?? code)
  const firstLine = message?.trim().split(/\r?\n/, 1)[0]
  return {
    kind: kindOf(status, plainCode, firstLine ?? ''),
    code: plainCode,
    message: firstLine || undefined,
    region: readRegion(headers, text, firstLine ?? ''),
    serverTime: readServerTime(headers, text, firstLine ?? ''),
  }
}

function kindOf(status: number, code: string | undefined, message: string): RefusalKind {
  if (status < 400) return 'other'
  for (const [pattern, kind] of TOLD_BY_MESSAGE) if (pattern.test(message)) return kind
  return KINDS.get((code ?? '').replace(/Exception$/, '')) ?? 'other'
}

/** `com.amazon.coral.service#Name` and `Name:http://…` are both called `Name`. */
function cleanCode(code: string | undefined): string | undefined {
  return code?.replace(/^.*#/, '').replace(/:.*$/, '').trim() || undefined
}

interface Told {
  readonly code?: string | undefined
  readonly message?: string | undefined
}

function readXml(text: string): Told | undefined {
  if (!/^\s*</.test(text)) return undefined
  return { code: element(text, 'Code'), message: element(text, 'Message') }
}

function element(text: string, name: string): string | undefined {
  const value = new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]
  return value === undefined ? undefined : unescapeXml(value)
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['amp', '&'],
])

function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d{1,6})|#x([\da-f]{1,5})|(\w+));/gi, (whole, decimal, hex, name) => {
    const digits = decimal === undefined ? parseInt(String(hex), 16) : Number(decimal)
    return Number.isNaN(digits) ? (ENTITIES.get(String(name)) ?? whole) : String.fromCodePoint(digits)
  })
}

function readJson(text: string): Told | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const fields = new Map(Object.entries(value).filter(([, field]) => typeof field === 'string'))
  const first = (...names: string[]): string | undefined =>
    names.map((name) => fields.get(name) as string | undefined).find((field) => field !== undefined)
  const code = first('__type', 'code', 'Code')
  const message = first('message', 'Message', 'detailedMessage', 'errorMessage')
  // API Gateway has no code in the body.
  return {
    code: code ?? (message === 'Missing Authentication Token' ? 'MissingAuthenticationToken' : undefined),
    message,
  }
}

/** VPC Lattice answers `InvalidSignatureException: …` in plain text. */
function readPlain(text: string): Told {
  const [, code, message] = /^([A-Z]\w+Exception): (.*)/.exec(text) ?? []
  return { code, message }
}

function readRegion(headers: Headers, text: string, message: string): string | undefined {
  return (
    headerValue(headers, 'x-amz-bucket-region') ??
    (/^\s*</.test(text) ? element(text, 'Region') : undefined) ??
    /expecting '([\w-]+)'/.exec(message)?.[1]
  )
}

function readServerTime(headers: Headers, text: string, message: string): number | undefined {
  const compact = /\((\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z [+-]/.exec(message)
  const stated = compact
    ? compact
        .slice(1)
        .join(' ')
        .replace(/^(\d+) (\d+) (\d+) (\d+) (\d+) (\d+)$/, '$1-$2-$3T$4:$5:$6Z')
    : (element(text, 'ServerTime') ?? headerValue(headers, 'date'))
  const time = Date.parse(stated ?? '')
  return Number.isNaN(time) ? undefined : time
}

/** Value of the first header of a name, which is compared in lower case. */
export function headerValue(headers: Headers, name: string): string | undefined {
  return headers.find(([other]) => other.toLowerCase() === name)?.[1]
}

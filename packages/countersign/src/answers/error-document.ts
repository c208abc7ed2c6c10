/**
 * The document that comes with an error, in each of AWS's shapes: XML of S3, of the query services and of EC2, JSON of
 * four kinds, and plain text. Whatever is damaged is read as far as it goes.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html}
 * @module
 */

/** Which service family writes like this. */
export type ErrorDialect = 's3' | 'query' | 'ec2' | 'aws-json' | 'rest-json' | 'neptune' | 'plain' | 'none'

/** A document in its parts. */
export interface ErrorDocument {
  readonly dialect: ErrorDialect
  readonly code: string | undefined
  readonly message: string | undefined
  /** Every element or field that has a text, by its name; of several the first. */
  readonly fields: ReadonlyMap<string, string>
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['amp', '&'],
])
const LEAF = /<(\w[\w.:-]*)(?:\s[^<>]*)?>([^<]*)<\/\1\s*>/g
const CODES = ['__type', 'code', 'Code', 'errorType']
const MESSAGES = ['message', 'Message', 'detailedMessage', 'errorMessage', 'reason']

/** Reads a document. */
export function readErrorDocument(text: string): ErrorDocument {
  return readXml(text) ?? readJson(text) ?? readPlain(text)
}

function readXml(text: string): ErrorDocument | undefined {
  if (!/^\ufeff?\s*</.test(text)) return undefined
  const fields = new Map<string, string>()
  for (const [, name = '', value = ''] of text.matchAll(LEAF)) {
    if (!fields.has(name)) fields.set(name, unescapeXml(value))
  }
  const dialect = /<ErrorResponse[\s>]/.test(text) ? 'query' : /<Response[\s>]/.test(text) ? 'ec2' : 's3'
  const isError = /<Error[\s/>]/.test(text) || dialect !== 's3'
  return {
    dialect: isError ? dialect : 'none',
    code: fields.get('Code'),
    message: fields.get('Message'),
    fields,
  }
}

function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d{1,6})|#x([\da-f]{1,5})|(\w{1,4}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES.get(String(name)) ?? whole
    const point = decimal === undefined ? parseInt(String(hex), 16) : Number(decimal)
    return String.fromCodePoint(point)
  })
}

function readJson(text: string): ErrorDocument | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isObject(value)) return undefined
  const fields = textsOf(value)
  // AppSync, OpenSearch and Google have their error one level down.
  const [inner] = [value['error'], value['Error'], listOf(value['errors'])[0]].filter(isObject)
  if (inner) for (const [name, field] of textsOf(inner)) if (!fields.has(name)) fields.set(name, field)
  const code = firstOf(fields, CODES) ?? (inner && textsOf(inner).get('type'))
  const message = firstOf(fields, MESSAGES)
  return { dialect: dialectOf(fields), code: code ?? impliedCode(message), message, fields }
}

function dialectOf(fields: ReadonlyMap<string, string>): ErrorDialect {
  if (fields.has('__type')) return 'aws-json'
  return fields.has('detailedMessage') ? 'neptune' : 'rest-json'
}

const IMPLIED: readonly (readonly [message: RegExp, code: string])[] = [
  [/^Missing Authentication Token$/, 'MissingAuthenticationToken'],
  [/^The security token included in the request is invalid/, 'UnrecognizedClientException'],
  [/^The security token included in the request is expired/, 'ExpiredTokenException'],
  [/not a valid key=value pair/, 'IncompleteSignatureException'],
  [/^The request signature we .* Check your key /, 'SignatureDoesNotMatch'],
  [
    /^The request signature we |^Signature (?:expired|not yet )|^Credential should be/,
    'InvalidSignatureException',
  ],
  [/^User: \S+ is not authorized|^User is not authorized/, 'AccessDeniedException'],
  [/^Forbidden$/, 'Forbidden'],
]

/** API Gateway has its code in a header, which is not copied with the body; its messages tell it, too. */
function impliedCode(message = ''): string | undefined {
  return IMPLIED.find(([pattern]) => pattern.test(message))?.[1]
}

function textsOf(value: Readonly<Record<string, unknown>>): Map<string, string> {
  const texts = Object.entries(value).filter(([, field]) => typeof field === 'string')
  return new Map(texts as [string, string][])
}

function firstOf(fields: ReadonlyMap<string, string>, names: readonly string[]): string | undefined {
  for (const name of names) if (fields.has(name)) return fields.get(name)
  return undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** VPC Lattice answers `InvalidSignatureException: …` in plain text. */
function readPlain(text: string): ErrorDocument {
  const [, code, message] = /^\s*([A-Z]\w{0,100}Exception): ([^]*)/.exec(text) ?? []
  return { dialect: code === undefined ? 'none' : 'plain', code, message, fields: new Map() }
}

/**
 * Reads the answer of STS: the one document that `GetCallerIdentity` has, in JSON or XML, and nothing that resembles it.
 * Vault once took other answers for it (CVE-2020-16250).
 *
 * @see {@link https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html}
 * @module
 */
import type { StsReply } from './ask-sts.ts'
import { refusal } from './refusal.ts'
import { isObject, parseStrictObject } from './strict-json.ts'

/** The three values of the answer, as they stand in it. */
export interface CallerIdentity {
  readonly account: string
  readonly arn: string
  readonly userId: string
}

const ROOT = 'GetCallerIdentityResponse'
const RESULT = 'GetCallerIdentityResult'
const NAMES = ['Account', 'Arn', 'UserId'] as const

const JSON_TYPE = /^application\/(?:json|x-amz-json-1\.[01])(?:;|$)/i
const XML_TYPE = /^(?:text|application)\/xml(?:;|$)/i

const XML = new RegExp(
  `^(?:<\\?xml version="1\\.0"[^<>]*\\?>)?\\s*<${ROOT} xmlns="https://sts\\.amazonaws\\.com/doc/2011-06-15/">\\s*` +
    `<${RESULT}>([^]*)</${RESULT}>\\s*` +
    `(?:<ResponseMetadata>\\s*<RequestId>[\\w-]*</RequestId>\\s*</ResponseMetadata>\\s*)?</${ROOT}>\\s*$`,
)
const THREE_ELEMENTS = /^\s*<(\w+)>([^<>]*)<\/\1>\s*<(\w+)>([^<>]*)<\/\3>\s*<(\w+)>([^<>]*)<\/\5>\s*$/
const ENTITY = /&(\w*);?/g
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

/**
 * Reads the answer.
 *
 * @throws {@link IdentityProofError} `STS_REPLY_INVALID`
 */
export function readCallerIdentity({ contentType, text }: StsReply): CallerIdentity {
  const values = JSON_TYPE.test(contentType)
    ? readJson(text)
    : XML_TYPE.test(contentType)
      ? readXml(text)
      : undefined
  const [account, arn, userId] = NAMES.map((name) => values?.get(name))
  if (values?.size === NAMES.length && isFilled(account) && isFilled(arn) && isFilled(userId)) {
    return { account, arn, userId }
  }
  throw refusal('STS_REPLY_INVALID', `The answer is no ${ROOT} with ${NAMES.join(', ')}`)
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function readJson(text: string): ReadonlyMap<string, unknown> | undefined {
  const document = parseStrictObject(text)
  const root = document?.[ROOT]
  if (!document || Object.keys(document).length !== 1 || !isObject(root)) return undefined
  const result = root[RESULT]
  return isObject(result) ? new Map(Object.entries(result)) : undefined
}

function readXml(text: string): ReadonlyMap<string, unknown> | undefined {
  const [, ...parts] = THREE_ELEMENTS.exec(XML.exec(text)?.[1] ?? '') ?? []
  const values = new Map<string, unknown>()
  for (const [index, name] of parts.entries()) {
    if (index % 2 === 0) values.set(name, decodeEntities(parts[index + 1] ?? ''))
  }
  return values
}

/** `undefined` when an entity is not one of the five that XML brings along. */
function decodeEntities(text: string): string | undefined {
  const isKnown = [...text.matchAll(ENTITY)].every(
    ([all, name = '']) => all.endsWith(';') && ENTITIES.has(name),
  )
  return isKnown ? text.replace(ENTITY, (_, name: string) => ENTITIES.get(name) ?? '') : undefined
}

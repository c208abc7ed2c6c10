/**
 * Every published request with one byte changed, at every position of its method, target, headers and body: let in if
 * and only if its canonical form and its claim are the ones that were signed. What is expected is worked out here from
 * the changed message, without the verifier. A usual run puts a few bytes into each place, other ones from place to
 * place and from request to request; the long run puts all of them everywhere. Reads sigv4-suite-2015.json, sigv4-aws-c-auth.json and
 * sigv4-s3-docs.json, and samples sigv4-sdk.json and sigv4-presigned.json.
 */
import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { buildCanonicalHeaders, type Header } from '../../packages/countersign/src/core/canonical-headers.ts'
import { buildCanonicalPath } from '../../packages/countersign/src/core/canonical-path.ts'
import { buildCanonicalQuery } from '../../packages/countersign/src/core/canonical-query.ts'
import { serviceRules } from '../../packages/countersign/src/core/service-rules.ts'
import { createVerifier, VerificationError } from '../../packages/countersign/src/verify/index.ts'
import { messageOfVector, optionsOfVector } from '../kit/messages-of-vectors.ts'
import type { SentMessage } from '../kit/messages.ts'
import { describeVectors, expectCases } from '../kit/vectors.ts'
import { isQuirk, loadSignings, type Signing } from './signed-case.ts'

const METHOD_OR_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const NAME = /^:?[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
const TARGET = /^\/[!"$-~\x80-\xff]*$/
const SCHEME = /^AWS4-HMAC-SHA256[\t ]+(?=[^\t ])/
const PARAMETERS = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-SignedHeaders',
  'X-Amz-Signature',
  'X-Amz-Security-Token',
  'X-Amz-Content-Sha256',
]

/** Bytes of every kind that some rule treats in its own way. */
const SUBSTITUTES = ' \t\n\0%/.+&=;,?:#0aA~\u00a0\u00e9'.split('')

function decode(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
}

interface Query {
  /** Without the signature. */
  readonly text: string
  readonly parameters: ReadonlyMap<string, string>
}

/** The query, or nothing where a signing parameter stands twice or is misspelt. */
function readQuery(query: string): Query | undefined {
  const parameters = new Map<string, string>()
  const kept: string[] = []
  for (const pair of query.split('&').filter((each) => each !== '')) {
    const equals = pair.includes('=') ? pair.indexOf('=') : pair.length
    const name = decode(pair.slice(0, equals))
    const proper = PARAMETERS.find((each) => each.toLowerCase() === name.toLowerCase())
    if (proper !== undefined && (proper !== name || parameters.has(name))) return undefined
    if (proper !== undefined) parameters.set(name, decode(pair.slice(equals + 1)))
    if (name !== 'X-Amz-Signature') kept.push(pair)
  }
  return { text: kept.join('&'), parameters }
}

interface Claimed {
  readonly credential: string
  readonly signedHeaders: string
  readonly signature: string
}

function readAuthorization(value: string): Claimed | undefined {
  if (!SCHEME.test(value)) return undefined
  const components = value.replace(SCHEME, '').split(',')
  const parts = new Map<string, string>()
  for (const component of components) {
    const [name = '', ...rest] = component.replace(/^[\t ]+|[\t ]+$/g, '').split('=')
    parts.set(name, rest.join('='))
  }
  const [credential, signedHeaders, signature] = ['Credential', 'SignedHeaders', 'Signature'].map((name) =>
    parts.get(name),
  )
  if (components.length !== 3 || !credential || !signedHeaders || !signature) return undefined
  return { credential, signedHeaders, signature }
}

/** Nothing where HTTP or the rules about what must be signed refuse the message as it stands. */
function readHeaders(message: SentMessage): Header[] | undefined {
  const headers = message.headers.map<Header>(([name, value]) => [name.toLowerCase(), value])
  const isFit =
    METHOD_OR_NAME.test(message.method) &&
    TARGET.test(message.target) &&
    message.headers.every(([name, value]) => NAME.test(name) && VALUE.test(value))
  return isFit ? headers : undefined
}

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

/** All that a signature stands for, as one text; nothing where the message is refused whatever its key. */
function meaningOf(message: SentMessage, { mode, vector }: Signing): string | undefined {
  const headers = readHeaders(message)
  const question = message.target.indexOf('?')
  const [path, rawQuery] =
    question < 0
      ? [message.target, '']
      : [message.target.slice(0, question), message.target.slice(question + 1)]
  const query = readQuery(rawQuery)
  if (!headers || !query) return undefined
  const valueOf = (wanted: string): string | undefined => headers.find(([name]) => name === wanted)?.[1]
  const authorization = valueOf('authorization')
  if ((authorization !== undefined) === query.parameters.size > 0) return undefined
  const claimed = mode === 'header' ? readAuthorization(authorization ?? '') : claimedIn(query)
  if (!claimed) return undefined

  const names = claimed.signedHeaders.split(';')
  const isCovered = headers.every(([name]) => !name.startsWith('x-amz-') || names.includes(name))
  const isThere = names.every((name) => valueOf(name) !== undefined)
  if (!isCovered || !isThere) return undefined

  const rules = serviceRules(vector.service)
  const unsigned = mode === 'query' && rules.unsignedPayload ? 'UNSIGNED-PAYLOAD' : undefined
  const given = valueOf('x-amz-content-sha256') ?? query.parameters.get('X-Amz-Content-Sha256') ?? unsigned
  const actual = sha256(message.body ?? new Uint8Array())
  const isBodyRight = given === undefined || given === 'UNSIGNED-PAYLOAD' || given === actual
  return JSON.stringify([
    message.method,
    buildCanonicalPath(path, rules),
    buildCanonicalQuery(query.text, rules.plusInQuery),
    buildCanonicalHeaders(headers.filter(([name]) => names.includes(name))).lines,
    given ?? actual,
    isBodyRight,
    valueOf('x-amz-date') ?? valueOf('date') ?? '',
    claimed,
  ])
}

function claimedIn({ parameters }: Query): Claimed | undefined {
  const [credential, signedHeaders, signature] = [
    'X-Amz-Credential',
    'X-Amz-SignedHeaders',
    'X-Amz-Signature',
  ].map((name) => parameters.get(name))
  return credential && signedHeaders && signature ? { credential, signedHeaders, signature } : undefined
}

/** Of how many changes a usual run makes one: no divisor of the 22 or 23 of a place, so that each gets its turn. */
const STEP = process.env['COUNTERSIGN_LONG'] === '1' ? 1 : 5
let turn = 0

function* changedTexts(text: string): Generator<string> {
  for (let place = 0; place < text.length; place++) {
    const code = text.charCodeAt(place)
    const others = new Set([...SUBSTITUTES, String.fromCharCode(code ^ 0x20), String.fromCharCode(code ^ 1)])
    others.delete(text[place]!)
    for (const other of others) {
      turn += 1
      if (turn % STEP === 0) yield text.slice(0, place) + other + text.slice(place + 1)
    }
  }
}

function* changedBodies(body: Uint8Array): Generator<Uint8Array> {
  for (let place = 0; place < body.length; place++) {
    for (const mask of [1, 0x20, 0x80, 0xff])
      yield body.map((byte, at) => (at === place ? byte ^ mask : byte))
  }
}

/** The message with one byte changed, in every way that is tried. */
function* mutations(message: SentMessage): Generator<SentMessage> {
  for (const method of changedTexts(message.method)) yield { ...message, method }
  for (const target of changedTexts(message.target)) yield { ...message, target }
  for (const [place, [name, value]] of message.headers.entries()) {
    for (const other of changedTexts(name))
      yield { ...message, headers: message.headers.with(place, [other, value]) }
    for (const other of changedTexts(value))
      yield { ...message, headers: message.headers.with(place, [name, other]) }
  }
  for (const body of changedBodies(message.body ?? new Uint8Array())) yield { ...message, body }
}

function show({ method, target, headers, body }: SentMessage): string {
  return JSON.stringify({ method, target, headers, body: body && Buffer.from(body).toString('latin1') })
}

interface Tally {
  letIn: number
  refused: number
  wrong: string[]
}

async function tally(signing: Signing): Promise<Tally> {
  const verifier = createVerifier(optionsOfVector(signing))
  const isLetIn = async (message: SentMessage): Promise<boolean> => {
    try {
      const { body } = await verifier.verify(message)
      for await (const chunk of body ?? []) expect(chunk).toBeInstanceOf(Uint8Array)
      return true
    } catch (error) {
      if (error instanceof VerificationError) return false
      throw new Error(`Not a VerificationError for ${show(message)}`, { cause: error })
    }
  }
  const genuine = messageOfVector(signing)
  const meaning = meaningOf(genuine, signing)
  const result: Tally = { letIn: 0, refused: 0, wrong: [] }
  if (!(await isLetIn(genuine)) || meaning === undefined) result.wrong.push('the message as it is')
  for (const message of mutations(genuine)) {
    const isExpected = meaningOf(message, signing) === meaning
    const verdict = await isLetIn(message)
    result[verdict ? 'letIn' : 'refused'] += 1
    if (verdict !== isExpected) result.wrong.push(`${verdict ? 'let in' : 'refused'}: ${show(message)}`)
  }
  return result
}

/** Those that verify; the rules that refuse the others are in verify.test.ts. */
async function verifiable(file: string): Promise<Signing[]> {
  const signings: Signing[] = []
  for (const signing of loadSignings(file).filter((each) => !isQuirk(each))) {
    try {
      const { body } = await createVerifier(optionsOfVector(signing)).verify(messageOfVector(signing))
      for await (const chunk of body ?? []) expect(chunk).toBeInstanceOf(Uint8Array)
      signings.push(signing)
    } catch {
      // Refused by a rule.
    }
  }
  return signings
}

function lengthOf({ target, headers, body }: SentMessage): number {
  return target.length + headers.flat().join('').length + (body?.length ?? 0)
}

describeVectors('published requests with one byte changed', () => {
  it.each([
    ['sigv4-suite-2015', 33, 1],
    ['sigv4-aws-c-auth', 58, 1],
    ['sigv4-s3-docs', 5, 1],
    ['sigv4-sdk', 154, 12],
    ['sigv4-presigned', 24, 4],
  ])('%s.json', { timeout: 120_000 }, async (file, count, every) => {
    const signings = await verifiable(file)
    expect(signings).toHaveLength(count)
    const short = signings.filter((signing) => lengthOf(messageOfVector(signing)) < 3000)
    const picked = expectCases(short.filter((_, place) => place % every === 0))
    let letIn = 0
    let refused = 0
    const wrong: string[] = []
    for (const signing of picked) {
      const result = await tally(signing)
      if (STEP === 1) expect(result.letIn, signing.id).toBeGreaterThan(0)
      letIn += result.letIn
      refused += result.refused
      wrong.push(...result.wrong.map((text) => `${signing.id} ${text}`))
    }
    expect(wrong.slice(0, 5), `${wrong.length} of ${letIn + refused}`).toEqual([])
    expect(letIn).toBeGreaterThan(0)
    expect(refused).toBeGreaterThan(letIn)
    console.log(`${file}: ${picked.length} requests, ${letIn} changed ones let in, ${refused} refused`)
  })
})

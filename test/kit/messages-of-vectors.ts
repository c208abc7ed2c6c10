/**
 * The published vectors as messages that a server receives, with their signatures on them.
 *
 * @module
 */
import { parseAmzDate } from '../../packages/countersign/src/core/amz-date.ts'
import type { Header } from '../../packages/countersign/src/core/canonical-headers.ts'
import { encodeUri } from '../../packages/countersign/src/core/uri-encoding.ts'
import { sigV4A } from '../../packages/countersign/src/sigv4a.ts'
import { sigV4, type VerifierOptions } from '../../packages/countersign/src/verify/index.ts'
import {
  algorithmOf,
  amzDateOf,
  bodyOf,
  byteString,
  payloadHashOf,
  scopeTextOf,
  signedNames,
  unfoldedHeaders,
  type Signing,
} from '../vectors/signed-case.ts'
import { splitUrl } from './http-message.ts'
import type { SentMessage } from './messages.ts'

function credentialOf(signing: Signing): string {
  return `${signing.vector.credentials.accessKeyId}/${scopeTextOf(signing)}`
}

function isGiven(headers: readonly Header[], wanted: string): boolean {
  return headers.some(([name]) => name.toLowerCase() === wanted)
}

/** The request line's target; some suites end it at the first blank. */
function targetOf({ vector: { request, flags } }: Signing): string {
  const whole = byteString(request.target)
  return flags.targetEndsAtFirstSpace ? whole.split(' ', 1)[0]! : whole
}

function givenHeaders({ vector }: Signing): Header[] {
  return unfoldedHeaders(vector).map(([name, value]) => [name, byteString(value)])
}

/** What the signer puts beside the given headers. */
function addedHeaders(signing: Signing, given: readonly Header[]): Header[] {
  const { vector, expected } = signing
  const names = signedNames(expected)
  const isDated = isGiven(given, 'date') && !names.includes('x-amz-date')
  const token = vector.credentials.sessionToken
  const added: Header[] = []
  if (!isDated && !Object.hasOwn(vector.flags, 'noDateHeader')) added.push(['X-Amz-Date', amzDateOf(signing)])
  if (token !== undefined && token !== '') added.push(['X-Amz-Security-Token', token])
  if (names.includes('x-amz-content-sha256')) added.push(['x-amz-content-sha256', payloadHashOf(expected)])
  if (vector.regionSet !== undefined) added.push(['X-Amz-Region-Set', vector.regionSet])
  return added.filter(([name]) => !isGiven(given, name.toLowerCase()))
}

function authorizationOf(signing: Signing): string {
  const { authorization, signedHeaders, signature } = signing.expected
  if (authorization !== undefined) return authorization
  return `${algorithmOf(signing)} Credential=${credentialOf(signing)}, SignedHeaders=${signedHeaders}, Signature=${signature}`
}

function presignedTarget(signing: Signing): string {
  const { vector, expected } = signing
  if (vector.url !== undefined) {
    const { path, query } = splitUrl(vector.url)
    return `${path || '/'}?${query}`
  }
  const target = targetOf(signing)
  const expires = expected.expiresInSeconds ?? vector.flags.expiresInSeconds
  const { sessionToken } = vector.credentials
  const pairs: Header[] = [
    ['X-Amz-Algorithm', algorithmOf(signing)],
    ['X-Amz-Credential', credentialOf(signing)],
    ['X-Amz-Date', amzDateOf(signing)],
    ...(expires === undefined ? [] : [['X-Amz-Expires', String(expires)] as Header]),
    ['X-Amz-SignedHeaders', expected.signedHeaders],
    ...(sessionToken ? [[vector.flags.tokenParam ?? 'X-Amz-Security-Token', sessionToken] as Header] : []),
    ...(vector.regionSet ? [['X-Amz-Region-Set', vector.regionSet] as Header] : []),
    ...(expected.addedParams ?? []).map<Header>(([name, value]) => [name, value]),
    ['X-Amz-Signature', expected.signature],
  ]
  const own = target.includes('?') ? `${target}&` : `${target}?`
  return own + pairs.map((pair) => pair.map(encodeUri).join('=')).join('&')
}

/** The message of a signing. */
export function messageOfVector(signing: Signing): SentMessage {
  const { method } = signing.vector.request
  const bytes = Uint8Array.from(bodyOf(signing.vector))
  const body = bytes.length > 0 ? { body: bytes } : {}
  const given = givenHeaders(signing)
  if (signing.mode === 'query') return { method, target: presignedTarget(signing), headers: given, ...body }
  const headers: Header[] = [
    ...given,
    ...addedHeaders(signing, given),
    ['Authorization', authorizationOf(signing)],
  ]
  return { method, target: targetOf(signing), headers, ...body }
}

/** A verifier's options under which the message of a signing is right. */
export function optionsOfVector(signing: Signing): VerifierOptions<string> {
  const { region, regionSet, service, credentials } = signing.vector
  const { secretAccessKey, sessionToken } = credentials
  const found = { secretAccessKey, sessionToken: sessionToken || undefined, principal: 'alice' }
  return {
    service,
    region: regionSet?.split(',').at(-1)?.replace('*', 'eu-west-1') ?? region,
    algorithms: [sigV4, sigV4A],
    now: () => parseAmzDate(amzDateOf(signing))!,
    unsignedPayload: 'allowed',
    secrets: (id) => (id === credentials.accessKeyId ? found : undefined),
  }
}

/**
 * Published SigV4A requests, both ways. ECDSA gives another signature each time, so canonical requests and strings to
 * sign are compared byte for byte, our signatures are checked with the published public keys (by node:crypto alone),
 * and the published signatures are checked by the library.
 *
 * Reads sigv4a-aws-c-auth.json, sigv4a-sdk.json and the SigV4A part of keys.json.
 */
import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { deriveScalar, deriveSigV4AKey } from '../../packages/countersign/src/algorithms/sigv4a-scalar.ts'
import { bytesOfHex, hexOf } from '../../packages/countersign/src/core/bytes.ts'
import { defaultP256 } from '../../packages/countersign/src/crypto/default-p256.ts'
import { nobleP256 } from '../../packages/countersign/src/crypto/noble-p256.ts'
import { sigV4A } from '../../packages/countersign/src/sigv4a.ts'
import { createVerifier, VerificationError } from '../../packages/countersign/src/verify/index.ts'
import { messageOfVector, optionsOfVector } from '../kit/messages-of-vectors.ts'
import { describeVectors, expectCases, loadVectors } from '../kit/vectors.ts'
import { signByCore } from './sign-by-core.ts'
import { signPublicly, type Outcome } from './sign-publicly.ts'
import { byteString, loadSignings, type Signing } from './signed-case.ts'

const FILES = { 'sigv4a-aws-c-auth': 76, 'sigv4a-sdk': 13 }

const inBoth = (...names: string[]): string[] =>
  names.flatMap((name) => [`${name} (header)`, `${name} (query)`])

const RAW_PATHS = inBoth('get-space-normalized', 'get-space-unnormalized', 'get-utf8')

/** A `^` stands raw in their paths. */
const RAW_CARETS = [
  'TestSignHTTP (header)',
  'TestSignHTTP_NoSessionToken (header)',
  'TestPresignHTTP (query)',
  'TestPresignHTTP_BodyWithArrayRequest (query)',
]

/** Signed by the core alone; the public functions sign something else, for these reasons. */
const BY_CORE: ReadonlyMap<string, string> = new Map([
  ...[...RAW_PATHS, ...RAW_CARETS].map(
    (id) => [id, 'WIRE-1, PATH-3: raw characters are escaped on the wire'] as const,
  ),
  ['smithy-typescript: SignatureV4a (header)', 'HOST-1: the host is not signed'],
])

/** Refused by our verifier, rule by rule. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  // RFC 9112: a blank cannot stand in a target.
  ...inBoth('get-space-normalized', 'get-space-unnormalized').map((id) => [id, 'REQUEST_MALFORMED'] as const),
  // A23: one canonical path for a kind of service.
  ...inBoth(
    'get-relative-relative-unnormalized',
    'get-relative-unnormalized',
    'get-slash-dot-slash-unnormalized',
    'get-slash-pointless-dot-unnormalized',
    'get-slash-unnormalized',
    'get-slashes-unnormalized',
  ).map((id) => [id, 'SIGNATURE_MISMATCH'] as const),
  // A12: the host is not signed.
  ['smithy-typescript: SignatureV4a (header)', 'HEADERS_NOT_SIGNED'],
  // B3: a token that is sent, but not signed.
  ['post-sts-header-after (header)', 'HEADERS_NOT_SIGNED'],
  ['post-sts-header-after (query)', 'SIGNATURE_MISMATCH'],
])

function publicKeyOf(point: { x: string; y: string }): KeyObject {
  const [x, y] = [point.x, point.y].map((hex) => Buffer.from(hex, 'hex').toString('base64url'))
  return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: x!, y: y! }, format: 'jwk' })
}

/** Whether a signature is right, told without the library. */
function isRight(signature: string, text: string, point: { x: string; y: string }): boolean {
  return verify('sha256', Buffer.from(text), publicKeyOf(point), Buffer.from(signature, 'hex'))
}

function publishedSignatures({ expected }: Signing): string[] {
  const { signature, signedRequestSignature } = expected as Partial<typeof expected>
  return [signature, signedRequestSignature].filter((one) => one !== undefined)
}

function expectOutcome(outcome: Outcome, { expected, vector }: Signing): void {
  expect(outcome.canonicalRequest).toBe(byteString(expected.canonicalRequest))
  expect(outcome.stringToSign).toBe(expected.stringToSign)
  expect(sigV4A.isWellFormed(outcome.signature)).toBe(true)
  expect(isRight(outcome.signature, outcome.stringToSign, vector.publicKey!)).toBe(true)
}

async function verdictOf(signing: Signing): Promise<string> {
  try {
    const verified = await createVerifier(optionsOfVector(signing)).verify(messageOfVector(signing))
    expect(verified).toMatchObject({ algorithm: sigV4A.name, principal: 'alice' })
    expect(verified.regionSet).toEqual(signing.vector.regionSet?.split(','))
    expect(verified.scope.region).toBeUndefined()
    return 'let in'
  } catch (error) {
    if (error instanceof VerificationError) return error.code
    throw error
  }
}

describeVectors('published SigV4A requests', () => {
  for (const [file, count] of Object.entries(FILES)) {
    const signings = expectCases(loadSignings(file))

    describe(`${file}.json`, () => {
      it(`has ${count} strings to sign`, () => {
        expect(signings).toHaveLength(count)
      })

      for (const signing of signings) {
        const reason = BY_CORE.get(signing.id)

        it(`signs ${signing.id}${reason ? ` by the core; ${reason}` : ''}`, () => {
          if (!reason) return expectOutcome(signPublicly(signing), signing)
          expect(signPublicly(signing).canonicalRequest).not.toBe(
            byteString(signing.expected.canonicalRequest),
          )
          expectOutcome(signByCore(signing), signing)
        })
      }
    })
  }

  const published = Object.keys(FILES)
    .flatMap(loadSignings)
    .filter((signing) => publishedSignatures(signing).length > 0)

  it('knows 153 published signatures', () => {
    expect(published.flatMap(publishedSignatures)).toHaveLength(153)
  })

  it.each(expectCases(published))('takes the signatures of $id, and no others', (signing) => {
    const { accessKeyId, secretAccessKey } = signing.vector.credentials
    const bytes = deriveSigV4AKey(secretAccessKey, accessKeyId)
    const { stringToSign } = signing.expected
    for (const makeKey of [sigV4A.prepareKey, nobleP256]) {
      const key = makeKey(bytes)
      for (const signature of publishedSignatures(signing)) {
        expect(sigV4A.isWellFormed(signature)).toBe(true)
        expect(key.hasSigned(stringToSign, signature)).toBe(true)
        expect(key.hasSigned(`${stringToSign}0`, signature)).toBe(false)
      }
    }
  })

  it.each(expectCases(published))('verifies $id', async (signing) => {
    for (const signature of publishedSignatures(signing)) {
      const { authorization: _, ...expected } = { ...signing.expected, signature }
      expect(await verdictOf({ ...signing, expected })).toBe(REFUSED.get(signing.id) ?? 'let in')
    }
  })

  it('names no other request', () => {
    const ids = Object.keys(FILES).flatMap((file) => loadSignings(file).map(({ id }) => id))
    for (const id of [...BY_CORE.keys(), ...REFUSED.keys()]) expect(ids).toContain(id)
  })

  it('makes the signature of RFC 6979 in plain JavaScript, byte for byte', () => {
    const [{ expected, vector }] = loadSignings('sigv4a-sdk').filter(({ id }) =>
      id.includes('smithy-typescript'),
    ) as [Signing]
    const { accessKeyId, secretAccessKey } = vector.credentials
    const key = nobleP256(deriveSigV4AKey(secretAccessKey, accessKeyId))
    expect(key.signHex(expected.stringToSign)).toBe(expected.signature)
  })
})

interface KeyCase {
  readonly name: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly privateKey: string
  readonly publicKey: { readonly x: string; readonly y: string }
}

interface KeyVectors {
  readonly sigv4a: readonly KeyCase[]
  readonly sigv4aPrimitives: {
    readonly nMinusTwo: string
    readonly fixedInput: { readonly accessKeyId: string; readonly hex: string }
    readonly addOneBigEndian: readonly (readonly [string, string])[]
    readonly compareBigEndian: readonly (readonly [string, string, number])[]
  }
}

describeVectors('published SigV4A keys', () => {
  const { sigv4a, sigv4aPrimitives } = loadVectors<KeyVectors>('keys.json')

  it.each(expectCases(sigv4a))('$name', ({ accessKeyId, secretAccessKey, privateKey, publicKey }) => {
    const bytes = deriveSigV4AKey(secretAccessKey, accessKeyId)
    expect(hexOf(bytes)).toBe(privateKey)
    for (const p256 of [defaultP256(), nobleP256]) {
      expect(isRight(p256(bytes).signHex('text'), 'text', publicKey)).toBe(true)
    }
  })

  it('hands the fixed input to the HMAC', () => {
    const inputs: string[] = []
    const mac = (input: string): string => {
      inputs.push(Buffer.from(input, 'latin1').toString('hex'))
      return '00'.repeat(32)
    }
    deriveScalar(mac, sigv4aPrimitives.fixedInput.accessKeyId)
    expect(inputs).toEqual([sigv4aPrimitives.fixedInput.hex])
  })

  // With zeros before them, where an overflow of the vector's own length is a carry.
  it.each(expectCases(sigv4aPrimitives.addOneBigEndian))('adds one to %s', (number, sum) => {
    const carry = BigInt(`0x${sum}`) === 0n ? '1' : ''
    const scalar = deriveScalar(() => number.padStart(64, '0'), 'AKID')
    expect(hexOf(scalar)).toBe(`${carry}${sum}`.padStart(64, '0'))
  })

  // `deriveScalar` compares with n - 2, so the vectors are told by what differs from it as they differ.
  it.each(expectCases(sigv4aPrimitives.compareBigEndian))('compares %s with %s', (left, right, order) => {
    const most = BigInt(`0x${sigv4aPrimitives.nMinusTwo}`)
    const near = (most + BigInt(`0x${left}`) - BigInt(`0x${right}`)).toString(16)
    const candidates = [near, '0'.repeat(64)]
    const scalar = deriveScalar(() => candidates.shift()!, 'AKID')
    expect(hexOf(scalar)).toBe(order > 0 ? '1'.padStart(64, '0') : (BigInt(`0x${near}`) + 1n).toString(16))
  })

  it('takes n - 2 and nothing above', () => {
    const { nMinusTwo } = sigv4aPrimitives
    const above = (BigInt(`0x${nMinusTwo}`) + 1n).toString(16)
    const candidates = [above, 'f'.repeat(64), nMinusTwo]
    const scalar = deriveScalar(() => candidates.shift()!, 'AKID')
    expect(hexOf(scalar)).toBe(above)
    expect(candidates).toEqual([])
    expect(bytesOfHex(above)).toEqual(scalar)
  })
})

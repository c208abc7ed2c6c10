/**
 * Key oracle: tells whether a text is the one that was signed, by signing it and comparing, or, with SigV4A, by the
 * public key. What it computes leaves it as yes or no only.
 *
 * @module
 */
import type { SignatureAlgorithm, SignatureKey } from '../algorithms/algorithm.ts'
import type { CredentialScope } from '../core/credential-scope.ts'
import { buildStringToSign } from '../core/string-to-sign.ts'
import type { AnyCredentials } from '../credentials/credentials.ts'
import { equalConstantTime } from '../crypto/constant-time.ts'
import { hashText } from './canonical-parts.ts'
import type { Change } from './change.ts'
import { splitScope, type SignatureClaim } from './signature-claim.ts'
import { readSignature } from './signature-form.ts'

/** For keys that are bound to no scope. */
const EVERYWHERE: CredentialScope = { date: '', service: '' }

/** Whose key it is, and what it was derived for. */
type KeyOrigin = Pick<Change, 'accessKeyId' | 'secretAccessKey' | 'keyScope'>

/** Tries texts. It remembers the keys that it derived. */
export class KeyOracle {
  /** How many texts were tried. */
  searched = 0
  readonly #credentials: AnyCredentials
  readonly #claim: SignatureClaim
  readonly #algorithm: SignatureAlgorithm
  readonly #keys = new Map<string, SignatureKey>()

  private constructor(credentials: AnyCredentials, claim: SignatureClaim, algorithm: SignatureAlgorithm) {
    this.#credentials = credentials
    this.#claim = claim
    this.#algorithm = algorithm
  }

  /** `undefined` where there is nothing to try: no key, no signature of one of these algorithms. */
  static create(
    credentials: AnyCredentials | undefined,
    claim: SignatureClaim | undefined,
    algorithms: readonly SignatureAlgorithm[],
  ): KeyOracle | undefined {
    const algorithm = algorithms.find(({ name }) => name === claim?.algorithm)
    const read = claim && readSignature(claim)
    if (!credentials || !read || !algorithm?.isWellFormed(read.signature)) return undefined
    // A key that was derived before is one of SigV4.
    if (algorithm.regionSet && credentials.secretAccessKey === undefined) return undefined
    return new KeyOracle(credentials, { ...claim, signature: read.signature }, algorithm)
  }

  /** Whether to try a text takes the time of a hundred hashes. */
  get isSlow(): boolean {
    return this.#algorithm.regionSet !== undefined
  }

  /** Whether the request's signature is one of this canonical request, with what else a change brings. */
  hasSigned(canonicalRequest: string, change: Change = {}): boolean {
    const { algorithm = this.#claim.algorithm, amzDate = this.#claim.amzDate } = change
    const { scope = this.#claim.scope } = change
    return this.hasSignedString(
      buildStringToSign(algorithm, amzDate, scope, hashText(canonicalRequest)),
      change,
    )
  }

  /** Whether the request's signature is one of this string to sign. */
  hasSignedString(stringToSign: string, change: Change = {}): boolean {
    this.searched++
    return this.#keyOf(change)?.hasSigned(stringToSign, this.#claim.signature) === true
  }

  /** Whether a signature is this key's, of a text. */
  isSignatureOf(stringToSign: string, signature: string): boolean {
    return this.#keyOf({})?.hasSigned(stringToSign, signature) === true
  }

  /** The key of the one whom the request names, unless it is said to be another one's. */
  #keyOf({ accessKeyId = this.#claim.accessKeyId, ...origin }: KeyOrigin): SignatureKey | undefined {
    const { signingKey, secretAccessKey } = this.#credentials
    const secret = origin.secretAccessKey ?? secretAccessKey
    if (secret === undefined) {
      return (
        signingKey && {
          signHex: (text) => signingKey.sign(text),
          hasSigned: (text, signature) => equalConstantTime(signingKey.sign(text), signature),
        }
      )
    }
    const scope = this.#algorithm.regionSet ? EVERYWHERE : (origin.keyScope ?? splitScope(this.#claim))
    if (!scope) return undefined
    const name = [secret, accessKeyId, scope.date, scope.region, scope.service].join('\0')
    const known = this.#keys.get(name)
    if (known) return known
    const key = this.#algorithm.prepareKey(this.#algorithm.deriveKey(secret, scope, accessKeyId))
    this.#keys.set(name, key)
    return key
  }
}

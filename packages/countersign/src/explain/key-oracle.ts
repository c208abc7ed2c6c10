/**
 * Key oracle: tells whether a text is the one that was signed, by signing it and comparing. What it computes leaves it
 * as yes or no only.
 *
 * @module
 */
import { deriveSigV4Key } from '../algorithms/sigv4.ts'
import type { RegionalScope } from '../core/credential-scope.ts'
import { SIGV4_ALGORITHM } from '../core/names.ts'
import { buildStringToSign } from '../core/string-to-sign.ts'
import type { AnyCredentials } from '../credentials/credentials.ts'
import { equalConstantTime } from '../crypto/constant-time.ts'
import { defaultSha256 } from '../crypto/default-sha256.ts'
import { hashText } from './canonical-parts.ts'
import type { Change } from './change.ts'
import type { SignatureClaim } from './signature-claim.ts'

const SIGNATURE = /^[0-9a-f]{64}$/
const SCOPE = /^(\d{8})\/([\w.~-]+)\/([\w.~-]+)\/aws4_request$/

/** A scope in its parts; `undefined` when it is malformed. */
export function splitScope(scope: string): RegionalScope | undefined {
  const [, date, region, service] = SCOPE.exec(scope) ?? []
  return date && region && service ? { date, region, service } : undefined
}

/** Signs and compares. It remembers the keys that it derived. */
export class KeyOracle {
  /** How many texts were tried. */
  searched = 0
  readonly #credentials: AnyCredentials
  readonly #claim: SignatureClaim
  readonly #keys = new Map<string, (text: string) => string>()

  private constructor(credentials: AnyCredentials, claim: SignatureClaim) {
    this.#credentials = credentials
    this.#claim = claim
  }

  /** `undefined` where there is nothing to compare with: no key, no signature of SigV4. */
  static create(
    credentials: AnyCredentials | undefined,
    claim: SignatureClaim | undefined,
  ): KeyOracle | undefined {
    if (!credentials || !claim || !SIGNATURE.test(claim.signature)) return undefined
    return claim.algorithm === SIGV4_ALGORITHM ? new KeyOracle(credentials, claim) : undefined
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
    const scope = change.keyScope ?? splitScope(this.#claim.scope)
    const sign = this.#signer(change.secretAccessKey, scope)
    return sign !== undefined && equalConstantTime(sign(stringToSign), this.#claim.signature)
  }

  /** Whether a signature is this key's, of a text. */
  isSignatureOf(stringToSign: string, signature: string): boolean {
    const sign = this.#signer(undefined, splitScope(this.#claim.scope))
    return sign !== undefined && equalConstantTime(sign(stringToSign), signature)
  }

  #signer(
    otherSecret: string | undefined,
    scope: RegionalScope | undefined,
  ): ((text: string) => string) | undefined {
    const { signingKey, secretAccessKey } = this.#credentials
    const secret = otherSecret ?? secretAccessKey
    if (secret === undefined) return signingKey && ((text) => signingKey.sign(text))
    if (!scope) return undefined
    const name = [secret, scope.date, scope.region, scope.service].join('\0')
    const known = this.#keys.get(name)
    if (known) return known
    const key = defaultSha256().hmacKey(deriveSigV4Key(secret, scope))
    const sign = (text: string): string => key.signHex(text)
    this.#keys.set(name, sign)
    return sign
  }
}

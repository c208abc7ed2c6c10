/**
 * The rules that hold for a signature in either form of a proof.
 *
 * @module
 */
import { parseAmzDate } from '../core/amz-date.ts'
import { isText } from '../core/bytes.ts'
import { TERMINATOR } from '../core/credential-scope.ts'
import { SIGV4_ALGORITHM } from '../core/names.ts'
import { readAnyStsHost, readStsHost, type StsHost } from '../tokens/sts-hosts.ts'
import type { ProofRules } from './proof-request.ts'
import { refusal } from './refusal.ts'

const ACCESS_KEY_ID = /^\w{1,128}$/
const SIGNATURE = /^[0-9a-f]{64}$/

/** Looks a host up among those that may be asked. */
export function readAllowedHost(host: string, { allowedHosts, partition }: ProofRules): StsHost {
  const known = allowedHosts ? readAnyStsHost(host) : readStsHost(host)
  const isAllowed = allowedHosts ? allowedHosts.has(host) : known?.partition === partition
  if (known && isAllowed) return known
  throw refusal('HOST_NOT_ALLOWED', 'The proof is for a host that is not asked here', { host })
}

/** Refuses every algorithm but SigV4. */
export function assertAlgorithm(algorithm: string): void {
  if (algorithm === SIGV4_ALGORITHM) return
  throw refusal('PARAMETER_INVALID', `The algorithm must be ${SIGV4_ALGORITHM}`)
}

/** Refuses what SigV4 does not write. */
export function assertSignature(signature: string): void {
  if (isText(signature, SIGNATURE)) return
  throw refusal('PARAMETER_INVALID', 'The signature must be 64 lower-case hex digits')
}

/** Reads the instant, and nothing that is not on the calendar. */
export function readDate(text: string): Date {
  const date = parseAmzDate(text)
  if (date) return date
  throw refusal('PARAMETER_INVALID', 'X-Amz-Date must be an instant such as 20261122T123456Z')
}

/** Holds a credential against the host that it is for and the date. */
export function assertCredential(credential: string, { region }: StsHost, amzDate: string): void {
  const [accessKeyId, day, ...scope] = credential.split('/')
  if (!isText(accessKeyId, ACCESS_KEY_ID) || scope.length !== 3) {
    throw refusal('PARAMETER_INVALID', 'The credential must be an access key id with a scope of four parts')
  }
  const expected = [amzDate.slice(0, 8), region, 'sts', TERMINATOR].join('/')
  const given = [day, ...scope].join('/')
  if (given === expected) return
  throw refusal('SCOPE_WRONG', `The scope must be ${expected}`, { scope: given })
}

/**
 * Reads the names of the signed headers: lower case, sorted, each once, with host and the audience among them.
 *
 * @param audienceHeader name of the header that must be signed
 */
export function readSignedHeaders(text: string, audienceHeader: string): string[] {
  const names = text.split(';')
  const isSorted = names.every(
    (name, index) => /^[!-~]+$/.test(name) && (index === 0 || names[index - 1]! < name),
  )
  if (!isSorted || text !== text.toLowerCase() || !names.includes('host')) {
    throw refusal('PARAMETER_INVALID', 'SignedHeaders must be sorted names in lower case, host among them')
  }
  if (names.includes(audienceHeader)) return names
  throw refusal('AUDIENCE_NOT_SIGNED', `The header ${audienceHeader} must be signed`)
}

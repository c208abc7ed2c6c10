/**
 * Reads the credential of a claim: `AKIDEXAMPLE/20261122/us-east-1/s3/aws4_request`, without the region where the
 * algorithm names its regions elsewhere.
 *
 * @module
 */
import type { SignatureAlgorithm } from '../algorithms/algorithm.ts'
import { TERMINATOR, type CredentialScope } from '../core/credential-scope.ts'
import type { Mechanism } from './claim.ts'
import type { Limits } from './limits.ts'
import { refuse } from './refusals.ts'

const ACCESS_KEY_ID = /^[\w./=+-]+$/
const DAY = /^\d{8}$/
const PART = /^[\w.~-]+$/

/** Access key id and scope, as the client claims them. */
export interface Credential {
  readonly accessKeyId: string
  readonly scope: CredentialScope
  /** The scope as the string to sign has it. */
  readonly scopeText: string
}

/** The credential that was read last: most requests of a client have the same one all day. */
let last: { readonly text: string; readonly isRegional: boolean; readonly credential: Credential } | undefined

/**
 * Reads a credential. It is split from the right, since key ids of some vendors hold slashes.
 *
 * @throws {@link VerificationError} `CREDENTIAL_MALFORMED`, `LIMIT_EXCEEDED`
 */
export function readCredential(
  text: string,
  { regionSet }: SignatureAlgorithm,
  mechanism: Mechanism,
  limits: Limits,
): Credential {
  if (text.length > limits.credentialBytes) {
    throw refuse('LIMIT_EXCEEDED', `credentialBytes is over ${limits.credentialBytes}`)
  }
  const isRegional = regionSet === undefined
  if (text !== last?.text || isRegional !== last.isRegional) {
    last = { text, isRegional, credential: splitCredential(text, isRegional, mechanism) }
  }
  const { credential } = last
  if (credential.accessKeyId.length > limits.accessKeyIdLength) throw malformed('access key id', mechanism)
  return credential
}

function splitCredential(text: string, isRegional: boolean, mechanism: Mechanism): Credential {
  const serviceEnd = text.lastIndexOf('/')
  const regionEnd = text.lastIndexOf('/', serviceEnd - 1)
  const dateEnd = isRegional ? text.lastIndexOf('/', regionEnd - 1) : regionEnd
  const idEnd = text.lastIndexOf('/', dateEnd - 1)
  const date = text.slice(idEnd + 1, dateEnd)
  const region = isRegional ? text.slice(dateEnd + 1, regionEnd) : undefined
  const service = text.slice(regionEnd + 1, serviceEnd)
  const terminator = text.slice(serviceEnd + 1)
  const accessKeyId = text.slice(0, idEnd)

  const isFormed =
    idEnd > 0 && dateEnd > 0 && PART.test(service) && (region === undefined || PART.test(region))
  if (!isFormed) throw malformed('form', mechanism)
  if (terminator !== TERMINATOR) throw malformed('terminator', mechanism, terminator)
  if (!DAY.test(date)) throw malformed('date', mechanism, date)
  if (!ACCESS_KEY_ID.test(accessKeyId)) throw malformed('access key id', mechanism)
  return { accessKeyId, scope: Object.freeze({ date, region, service }), scopeText: text.slice(idEnd + 1) }
}

/**
 * Checks an access key id that stands without a scope.
 *
 * @throws {@link VerificationError} `CREDENTIAL_MALFORMED`
 */
export function assertAccessKeyId(
  accessKeyId: string,
  { accessKeyIdLength }: Limits,
  facts: Readonly<Record<string, string>>,
): void {
  if (accessKeyId.length <= accessKeyIdLength && ACCESS_KEY_ID.test(accessKeyId)) return
  throw refuse('CREDENTIAL_MALFORMED', 'The access key id is malformed', facts)
}

function malformed(fault: string, mechanism: Mechanism, value = ''): Error {
  const facts = { mechanism, fault, value }
  return refuse('CREDENTIAL_MALFORMED', `The ${fault} of the credential is malformed`, facts)
}

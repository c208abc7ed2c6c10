/**
 * Reads the credential of a claim: `AKIDEXAMPLE/20261122/us-east-1/s3/aws4_request`, without the region where the
 * algorithm names its regions elsewhere.
 *
 * @module
 */
import type { SignatureAlgorithm } from '../algorithms/algorithm.ts'
import { TERMINATOR, type CredentialScope } from '../core/credential-scope.ts'
import type { Mechanism } from './claim.ts'
import { exceeded, type Limits } from './limits.ts'
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
    throw exceeded('credentialBytes', limits)
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
  const parts = text.split('/')
  const terminator = parts.pop()
  const service = parts.pop() ?? ''
  const region = isRegional ? (parts.pop() ?? '') : undefined
  const date = parts.pop() ?? ''
  const accessKeyId = parts.join('/')

  const isFormed = accessKeyId !== '' && PART.test(service) && (region === undefined || PART.test(region))
  if (!isFormed) throw malformed('form', mechanism)
  if (terminator !== TERMINATOR) throw malformed('terminator', mechanism, terminator)
  if (!DAY.test(date)) throw malformed('date', mechanism, date)
  if (!ACCESS_KEY_ID.test(accessKeyId)) throw malformed('access key id', mechanism)
  return {
    accessKeyId,
    scope: Object.freeze({ date, region, service }),
    scopeText: text.slice(accessKeyId.length + 1),
  }
}

/** Whether a text may be an access key id; for those that stand without a scope. */
export function isAccessKeyId(text: string, { accessKeyIdLength }: Limits): boolean {
  return text.length <= accessKeyIdLength && ACCESS_KEY_ID.test(text)
}

function malformed(fault: string, mechanism: Mechanism, value = ''): Error {
  const facts = { mechanism, fault, value }
  return refuse('CREDENTIAL_MALFORMED', `The ${fault} of the credential is malformed`, facts)
}

/**
 * Reads the credential of a claim: `AKIDEXAMPLE/20261122/us-east-1/s3/aws4_request`.
 *
 * @module
 */
import { TERMINATOR, type CredentialScope } from '../core/credential-scope.ts'
import type { Mechanism } from './claim.ts'
import type { Limits } from './limits.ts'
import { refuse } from './refusals.ts'

const ACCESS_KEY_ID = /^[\w./=+-]+$/
const DAY = /^\d{8}$/
const PART = /^[!-.0-~]+$/

/** Access key id and scope, as the client claims them. */
export interface Credential {
  readonly accessKeyId: string
  readonly scope: CredentialScope
}

/**
 * Reads a credential. It is split from the right, since key ids of some vendors hold slashes.
 *
 * @throws {@link VerificationError} `CREDENTIAL_MALFORMED`, `LIMIT_EXCEEDED`
 */
export function readCredential(text: string, mechanism: Mechanism, limits: Limits): Credential {
  if (text.length > limits.credentialBytes) {
    throw refuse('LIMIT_EXCEEDED', `credentialBytes is over ${limits.credentialBytes}`)
  }
  const parts = text.split('/')
  const [date = '', region = '', service = '', terminator = ''] = parts.slice(-4)
  const accessKeyId = parts.slice(0, -4).join('/')
  const malformed = (fault: string, value = ''): Error =>
    refuse('CREDENTIAL_MALFORMED', `The ${fault} of the credential is malformed`, { mechanism, fault, value })

  if (parts.length < 5 || !PART.test(region) || !PART.test(service)) throw malformed('form')
  if (terminator !== TERMINATOR) throw malformed('terminator', terminator)
  if (!DAY.test(date)) throw malformed('date', date)
  if (!ACCESS_KEY_ID.test(accessKeyId) || accessKeyId.length > limits.accessKeyIdLength)
    throw malformed('access key id')
  return { accessKeyId, scope: { date, region, service } }
}

/**
 * The parameters of a second factor.
 *
 * @module
 */
import { CredentialsError } from '../errors.ts'
import type { StsParameter } from './role-parameters.ts'
import type { Mfa } from './sts-options.ts'

/**
 * Asks for a code; a code is good once.
 *
 * @throws {@link CredentialsError} `CREDENTIALS_PROVIDER_FAILED` when there is none to be had
 */
export async function mfaParameters(mfa: Mfa | undefined): Promise<StsParameter[]> {
  if (!mfa) return []
  const code = String(await mfa.code()).trim()
  if (!/^\d{6}$/.test(code)) {
    throw new CredentialsError(
      'CREDENTIALS_PROVIDER_FAILED',
      'The code of the second factor must have six digits',
    )
  }
  return [
    ['SerialNumber', mfa.serialNumber],
    ['TokenCode', code],
  ]
}

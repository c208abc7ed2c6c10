/**
 * What a caller should know about a request although it was signed.
 *
 * @module
 */
import type { AnyCredentials } from '../credentials/credentials.ts'
import type { SigningWarning } from './http-request.ts'

/** The secret that was looked at last, and had none of them: most are used more than once. */
let plainSecret: string | undefined

/** What to know of the credentials. */
export function credentialsWarnings(credentials: AnyCredentials): SigningWarning[] {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  const warnings: SigningWarning[] = []
  if (sessionToken && accessKeyId.startsWith('AKIA')) warnings.push('TOKEN_WITH_LONG_TERM_KEY')
  if (secretAccessKey && secretAccessKey !== plainSecret) {
    if (/[\s%]/.test(secretAccessKey)) warnings.push('SECRET_HAS_ODD_CHARACTERS')
    else plainSecret = secretAccessKey
  }
  return warnings
}

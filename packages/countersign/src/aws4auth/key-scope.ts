/**
 * Region and service of a signing key, as a caller names them.
 *
 * @module
 */
import { formatCredentialScope, parseCredentialScope } from '../core/credential-scope.ts'
import { SigningError } from '../errors.ts'

/** For what a key signs, on whatever day. */
export interface KeyScope {
  readonly region: string
  /** Signing name of the service. */
  readonly service: string
}

// Only the shape of the other parts is checked.
const SOME_DAY = '20110909'

/**
 * Checks region and service before anything is derived for them.
 *
 * @throws {@link SigningError} `SCOPE_UNKNOWN` when one is missing, `CREDENTIAL_SCOPE_MALFORMED`
 */
export function readKeyScope(region: unknown, service: unknown): KeyScope {
  const scope = {
    region: readPart('region, such as us-east-1', region),
    service: readPart('service, such as s3', service),
  }
  parseCredentialScope(formatCredentialScope({ date: SOME_DAY, ...scope }))
  return scope
}

function readPart(what: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value
  throw new SigningError('SCOPE_UNKNOWN', `A signing key needs a ${what}, given as a text`)
}

/**
 * Makes a proof of identity: whoever gets it can ask STS who made it, and can do nothing else with it.
 *
 * @module
 */
import { isText } from '../core/bytes.ts'
import { SigningError } from '../errors.ts'
import type { SigningWarning } from '../sign/http-request.ts'
import { presignCallerIdentity, signCallerIdentity, type StsOptions } from '../tokens/caller-identity.ts'
import { readHeaderText } from '../tokens/token-names.ts'
import type { ExpiringTokenOptions } from '../tokens/token-options.ts'

/** Header that names the audience, unless both sides agree on another. */
const AUDIENCE_HEADER = 'x-countersign-audience'

const HEADER_NAME = /^x-[a-z0-9-]{1,100}$/i

/** Options of {@link createIdentityProof}. */
export interface IdentityProofOptions extends ExpiringTokenOptions, StsOptions {
  /** Name of the server that the proof is for; it works nowhere else. */
  readonly audience: string
  /** Header that carries the name: `x-countersign-audience` by default, `x-k8s-aws-id` for aws-iam-authenticator. */
  readonly audienceHeader?: string | undefined
  /** A presigned GET, which is the default, or a signed POST as Vault has it, whose lifetime is five minutes. */
  readonly form?: 'presigned' | 'signed' | undefined
}

/** A proof. */
export interface IdentityProof {
  /** To be sent to the server, over TLS. */
  readonly proof: string
  /** When it stops working. */
  readonly expiresAt: Date
  readonly warnings: readonly SigningWarning[]
}

/**
 * Makes a proof, at once and without a network. Make a new one for each login: servers take each once.
 *
 * @throws {@link SigningError} `OPTION_INVALID`, `SCOPE_UNKNOWN`, `EXPIRY_INVALID`
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`, `CREDENTIALS_EXPIRED`
 */
export function createIdentityProof(options: IdentityProofOptions): IdentityProof {
  const { form = 'presigned' } = options
  const audience: [string, string] = [
    readAudienceHeader(options.audienceHeader),
    readHeaderText(options.audience, 'audience'),
  ]
  if (form === 'presigned') {
    const { token, expiresAt, warnings } = presignCallerIdentity(options, [audience])
    return { proof: token, expiresAt, warnings }
  }
  if (form === 'signed' && options.expiresIn === undefined) {
    const { fields, expiresAt, warnings } = signCallerIdentity(options, [audience])
    return { proof: JSON.stringify(fields), expiresAt, warnings }
  }
  throw new SigningError('OPTION_INVALID', 'form must be presigned or signed; signed takes no expiresIn')
}

/**
 * Reads the name of the audience's header, in lower case. It begins with `x-`, so that it is none that HTTP or the
 * signature has a meaning for.
 *
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function readAudienceHeader(name: string = AUDIENCE_HEADER): string {
  const lower = String(name).toLowerCase()
  if (isText(lower, HEADER_NAME) && !lower.startsWith('x-amz-')) return lower
  throw new SigningError(
    'OPTION_INVALID',
    'audienceHeader must be a name that begins with x-, and not with x-amz-',
  )
}

/**
 * Credential scope: the `20261122/us-east-1/s3/aws4_request` part of a signature, which says on
 * which day, in which region and for which service its signing key may be used.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html}
 * @module
 */
import { SigningError } from '../errors.ts'

/** Last part of every scope of version 4. */
export const TERMINATOR = 'aws4_request'

// Region and service are of what a URL needs no escape for, so that a scope reads the same in a URL and a header.
const SCOPE = /^\d{8}(?:\/[\w.~-]+){2}\/aws4_request$/

/** The parts of a credential scope. */
export interface CredentialScope {
  /** UTC day as `YYYYMMDD`; equals the day of `x-amz-date`. */
  readonly date: string
  /** Absent for SigV4A, whose keys are not bound to one. */
  readonly region?: string | undefined
  /** Signing name of the service: `s3`, `execute-api`, … */
  readonly service: string
}

/** Writes a scope of SigV4 the way the string to sign and the `Credential` field spell it. */
export function formatCredentialScope({ date, region, service }: RegionalScope): string {
  return `${date}/${region}/${service}/${TERMINATOR}`
}

/** A scope of SigV4, whose keys are bound to a region. */
export interface RegionalScope extends CredentialScope {
  readonly region: string
}

/** Whether two scopes are for the same day, region and service. */
export function isSameScope(a: CredentialScope, b: CredentialScope): boolean {
  return a.date === b.date && a.region === b.region && a.service === b.service
}

/**
 * Reads a scope of SigV4. Checks its shape only; whether day, region and service are the ones that a server serves is
 * decided in `verify/checks/`.
 *
 * @throws {@link SigningError} `CREDENTIAL_SCOPE_MALFORMED`
 */
export function parseCredentialScope(text: string): RegionalScope {
  assertCredentialScope(text)
  const [date = '', region = '', service = ''] = text.split('/')
  return { date, region, service }
}

/**
 * Checks the shape of a scope of SigV4.
 *
 * @throws {@link SigningError} `CREDENTIAL_SCOPE_MALFORMED`
 */
export function assertCredentialScope(text: string): void {
  if (SCOPE.test(text)) return
  throw new SigningError(
    'CREDENTIAL_SCOPE_MALFORMED',
    'The scope must be YYYYMMDD/region/service/aws4_request',
  )
}

/**
 * What an adapter signs with: a `Signer`, a `RequestSigner`, an `AWS4Auth`, or whatever signs like one of them.
 *
 * @module
 */
import type { AWS4Auth } from '../aws4auth/aws4auth.ts'
import { SigningError } from '../errors.ts'
import type { Body, HttpRequest, SignedBody, SignedRequest } from '../sign/http-request.ts'
import type { Signer } from '../sign/signer.ts'

/** Signs requests for an adapter. */
export type AnySigner = Pick<Signer, 'sign'> | AWS4Auth

/**
 * Refuses what is no signer, above all the options of one, which only the adapters of `fetch` take.
 *
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function assertSigner(signer: Partial<AnySigner> | null | undefined): void {
  if (typeof signer?.sign === 'function') return
  throw new SigningError(
    'OPTION_INVALID',
    'There is nothing to sign with: give createSigner({ credentials }), a RequestSigner or an AWS4Auth',
  )
}

/** Signs a request, if need be for another region than usual. */
export async function signWith(
  signer: AnySigner,
  request: HttpRequest<Body>,
  region: string | undefined,
): Promise<SignedRequest<SignedBody>> {
  if ('signAsync' in signer) return signer.signAsync(request)
  return region === undefined ? signer.sign(request) : signer.sign(request, { region })
}

/** Whether a signer can sign for another region than its own: the key of an `AWS4Auth` is for one. */
export function canChangeRegion(signer: AnySigner): boolean {
  return !('signAsync' in signer)
}

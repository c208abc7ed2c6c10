/**
 * What an adapter signs with: a `Signer`, a `RequestSigner`, an `AWS4Auth`, or whatever signs like one of them.
 *
 * @module
 */
import type { AWS4Auth } from '../aws4auth/aws4auth.ts'
import type { Body, HttpRequest, SignedBody, SignedRequest } from '../sign/http-request.ts'
import type { Signer } from '../sign/signer.ts'

/** Signs requests for an adapter. */
export type AnySigner = Pick<Signer, 'sign'> | AWS4Auth

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

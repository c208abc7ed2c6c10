/**
 * A request as it stands on the wire, taken from what a signer gave back.
 *
 * @module
 */
import type { PresignedUrl, SignedRequest } from '../../packages/countersign/src/index.ts'

/** A URL's raw parts, split without a URL class, which would tidy them up. */
export interface UrlText {
  readonly scheme: string
  readonly authority: string
  readonly path: string
  /** Without `?`. */
  readonly query: string
}

/** A request in the form that is sent. */
export interface HttpMessage extends UrlText {
  readonly method: string
  /** In the order of the wire, repeats kept, `host` included. */
  readonly headers: readonly (readonly [name: string, value: string])[]
}

/** Splits a URL that has no fragment. */
export function splitUrl(url: string): UrlText {
  const match = /^([a-z]+):\/\/([^/?]*)([^?]*)(?:\?(.*))?$/is.exec(url)
  if (!match) throw new Error(`Not an absolute URL: ${url}`)
  const [, scheme = '', authority = '', path = '', query = ''] = match
  return { scheme, authority, path, query }
}

/** What is sent for a signed request or a presigned URL. */
export function messageOf({ method, url, headers }: SignedRequest | PresignedUrl): HttpMessage {
  const parts = splitUrl(url)
  const isHostGiven = headers.some(([name]) => name === 'host')
  return {
    ...parts,
    method,
    headers: isHostGiven ? headers : [['host', parts.authority], ...headers],
  }
}

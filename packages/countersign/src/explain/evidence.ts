/**
 * Evidence: what is known of a request that a server refused. The request as it was signed, what truly went out, what was
 * hashed, and what came back; all but the first may be missing.
 *
 * @module
 */

/** A header as it stands in a message. */
export type HeaderField = readonly [name: string, value: string]

/** A request as somebody saw it. */
export interface ObservedRequest {
  readonly method: string
  /** What stands between method and version in the first line, raw: `/bucket/a%20b?list-type=2`. */
  readonly target: string
  /** In the order of the message, repeated ones repeated. */
  readonly headers: readonly HeaderField[]
  /** Absent when there was none, or when nobody knows it. */
  readonly body?: Uint8Array | undefined
  readonly protocol?: 'http' | 'https' | undefined
  /** The host of its URL, for requests whose `Host` header is not among the headers. */
  readonly host?: string | undefined
}

/** What a server answered. */
export interface ObservedAnswer {
  readonly status: number
  readonly headers: readonly HeaderField[]
  /** The error document. It may have been copied by hand: what can be mended is mended. */
  readonly body?: Uint8Array | undefined
}

/** What is known of a refusal. */
export interface Evidence {
  /** The request as it was signed, with its signature; or, where that is not known, as it was given. */
  readonly request: ObservedRequest
  /** What the signer hashed, from its debug log or from `signRequest`. */
  readonly signed?: {
    readonly canonicalRequest?: string | undefined
    readonly stringToSign?: string | undefined
  }
  /** What truly went out or arrived, where it is known: from a proxy, a HAR file, `curl -v`. */
  readonly wire?: ObservedRequest | undefined
  readonly answer?: ObservedAnswer | undefined
}

/** The part of aws4 that the tests use; the package has no types of its own. */
declare module 'aws4' {
  interface Aws4Request {
    service: string
    region: string
    method: string
    path: string
    headers: Record<string, string | readonly string[]>
    body?: string | undefined
    signQuery?: boolean
    extraHeadersToInclude?: Record<string, boolean>
  }
  interface Aws4Credentials {
    accessKeyId: string
    secretAccessKey: string
    sessionToken?: string
  }
  /** What `http.request` takes, to be signed in place. */
  interface Aws4Options {
    service: string
    region: string
    host: string
    method: string
    path: string
    headers?: Record<string, string | readonly string[]>
    body?: string | Uint8Array | undefined
    signQuery?: boolean
  }
  class RequestSigner {
    constructor(request: Aws4Request, credentials: Aws4Credentials)
    prepareRequest(): void
    canonicalString(): string
    signature(): string
  }
  const aws4: {
    RequestSigner: typeof RequestSigner
    sign(
      options: Aws4Options,
      credentials: Aws4Credentials,
    ): { path: string; headers: Record<string, string> }
  }
  export default aws4
}

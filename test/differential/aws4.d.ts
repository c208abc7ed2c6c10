/** The part of aws4 that is compared; the package has no types of its own. */
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
  class RequestSigner {
    constructor(request: Aws4Request, credentials: Aws4Credentials)
    prepareRequest(): void
    canonicalString(): string
    signature(): string
  }
  const aws4: {
    RequestSigner: typeof RequestSigner
    sign(
      request: Aws4Request & { host: string },
      credentials: Aws4Credentials,
    ): { headers: Record<string, string> }
  }
  export default aws4
}

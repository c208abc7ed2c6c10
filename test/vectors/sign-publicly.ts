/**
 * Signs a vector the way a user of the library does.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import { parseAmzDate } from '../../packages/countersign/src/core/amz-date.ts'
import { presignUrl, signRequest } from '../../packages/countersign/src/index.ts'
import type { HttpRequest, SignOptions, SyncBody } from '../../packages/countersign/src/index.ts'
import { sigV4A } from '../../packages/countersign/src/sigv4a.ts'
import { amzDateOf, bodyOf, payloadHashOf, signedNames, unfoldedHeaders } from './signed-case.ts'
import type { Signing, Vector } from './signed-case.ts'

/** What a signing gives, in either mode. */
export interface Outcome {
  readonly canonicalRequest: string
  readonly stringToSign: string
  readonly signature: string
  readonly authorization?: string | undefined
  readonly url?: string | undefined
}

function urlOf(vector: Vector): string {
  const { request, url, inputUrl } = vector
  if (inputUrl !== undefined) return inputUrl
  const host = request.headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? 'host.of.none.example'
  return `${url?.startsWith('http:') ? 'http' : 'https'}://${host.trim()}${request.target}`
}

function requestOf(signing: Signing): HttpRequest<SyncBody> {
  const { vector, expected } = signing
  const body = bodyOf(vector)
  // Some sources sign another hash than that of the body; then the hash alone is given.
  const isHashed = createHash('sha256').update(body).digest('hex') === payloadHashOf(expected)
  const headers = unfoldedHeaders(vector).filter(
    ([name]) => vector.inputUrl === undefined || name.toLowerCase() !== 'host',
  )
  return { method: vector.request.method, url: urlOf(vector), headers, body: isHashed ? body : undefined }
}

/** The vector's flags and facts as options. */
function optionsOf(signing: Signing): SignOptions {
  const { flags, credentials, region, regionSet, service } = signing.vector
  const names = signedNames(signing.expected)
  return {
    credentials,
    region: regionSet ?? region,
    algorithm: regionSet === undefined ? undefined : sigV4A,
    service,
    date: parseAmzDate(amzDateOf(signing)),
    payloadHash: payloadHashOf(signing.expected),
    normalizePath: flags.normalizePath,
    pathEncoding: flags.doubleEncodePath ? 'double' : 'single',
    plusInQuery: flags.plusIsSpace ? 'space' : 'plus',
    tokenPlacement: flags.omitSessionToken ? 'after' : 'signed',
    signHeaders: names,
    contentSha256Header: isHashCarried(signing, names),
    allowUnsignedPayloadOverHttp: true,
  }
}

function isHashCarried({ mode, expected }: Signing, names: readonly string[]): boolean {
  const added = expected.addedParams?.some(([name]) => name === 'X-Amz-Content-Sha256') ?? false
  return names.includes('x-amz-content-sha256') || (mode === 'query' && added)
}

/** Signs or presigns. */
export function signPublicly(signing: Signing): Outcome {
  const { vector, expected } = signing
  const options = optionsOf(signing)
  if (signing.mode === 'query') {
    const expiresIn = expected.expiresInSeconds ?? vector.flags.expiresInSeconds
    return presignUrl(requestOf(signing), { ...options, expiresIn })
  }
  const { headers, ...signed } = signRequest(requestOf(signing), options)
  return { ...signed, authorization: headers.find(([name]) => name === 'authorization')?.[1], url: undefined }
}

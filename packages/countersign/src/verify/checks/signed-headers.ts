/**
 * What must be signed: the host, and every `x-amz-*` header, since those change what a request does. And what is
 * named as signed must be there as a header.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html}
 * @module
 */
import { X_AMZ_CONTENT_SHA256, X_AMZ_SECURITY_TOKEN } from '../../core/names.ts'
import type { Claim } from '../claim.ts'
import { valueOf } from '../message.ts'
import { refuse } from '../refusals.ts'
import type { Check } from './check.ts'

function mayBeUnsigned(name: string, { mechanism, rules }: Claim, allowed: readonly string[]): boolean {
  // Many clients send it beside a presigned URL, where it may only repeat what the URL says.
  if (name === X_AMZ_CONTENT_SHA256 && mechanism === 'query') return true
  if (name === X_AMZ_SECURITY_TOKEN && rules.tokenPlacement === 'after') return true
  return allowed.includes(name)
}

/** Every header that matters is signed. */
export const headersSigned: Check = (claim, { rules: { allowUnsignedHeaders } }) => {
  const { message, signedHeaders } = claim
  const unsigned = signedHeaders.includes('host') || claim.older?.isHostFree ? [] : ['host']
  for (const header of message.headers) {
    const name = header[0]
    if (!name.startsWith('x-amz-') || signedHeaders.includes(name) || unsigned.includes(name)) continue
    if (!mayBeUnsigned(name, claim, allowUnsignedHeaders)) unsigned.push(name)
  }
  if (unsigned.length === 0) return undefined
  const headersNotSigned = unsigned.join(', ')
  return refuse('HEADERS_NOT_SIGNED', `Not signed: ${headersNotSigned}`, { headersNotSigned })
}

/** Every header that was signed is there. */
export const signedHeadersPresent: Check = ({ message, signedHeaders }) => {
  // By index: the list is frozen, and the iterator of such a one is slow.
  for (let i = 0; i < signedHeaders.length; i++) {
    const header = signedHeaders[i]!
    if (valueOf(message.headers, header) !== undefined) continue
    return refuse('SIGNED_HEADER_MISSING', `${header} was signed, but did not arrive`, { header })
  }
  return undefined
}

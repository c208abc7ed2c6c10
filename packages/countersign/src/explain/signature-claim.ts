/**
 * The signature that a request carries, read as far as it can be: a request is here because something is wrong with it.
 *
 * @module
 */
import { parseAuthorization } from '../core/authorization-header.ts'
import type { Header } from '../core/canonical-headers.ts'
import { parseQuery } from '../core/canonical-query.ts'
import type { CredentialScope } from '../core/credential-scope.ts'
import {
  QUERY,
  SIGV4_ALGORITHM,
  SIGV4A_ALGORITHM,
  X_AMZ_DATE,
  X_AMZ_REGION_SET,
  X_AMZ_SECURITY_TOKEN,
} from '../core/names.ts'
import { decodeUri } from '../core/uri-encoding.ts'

/** What a request says about its signature. Whatever it does not say is empty. */
export interface SignatureClaim {
  readonly mechanism: 'header' | 'query'
  readonly algorithm: string
  readonly accessKeyId: string
  /** All of the credential behind the access key id, as it stands there. */
  readonly scope: string
  /** The list, as it stands there. */
  readonly signedHeaders: string
  readonly signature: string
  /** As the string to sign has it. */
  readonly amzDate: string
  readonly sessionToken: string
  /** `X-Amz-Expires`, of presigned URLs alone. */
  readonly expires: string
  /** The regions that it is to hold in, of SigV4A alone; `undefined` where the request names none. */
  readonly regionSet: string | undefined
}

const PIECE = /(Credential|SignedHeaders|Signature)=([^,\s]*)/g

/** The first value of a header; empty when there is none. */
export function firstValue(headers: readonly Header[], wanted: string): string {
  return headers.find(([name]) => name === wanted)?.[1].trim() ?? ''
}

/** Reads the claim of an `Authorization` header, or else of a presigned URL. */
export function readSignatureClaim(headers: readonly Header[], query: string): SignatureClaim | undefined {
  const authorization = headers.find(([name, value]) => name === 'authorization' && /^\s*AWS4-/.test(value))
  return authorization ? claimOfHeader(authorization[1].trim(), headers) : claimOfQuery(headers, query)
}

function claimOfHeader(value: string, headers: readonly Header[]): SignatureClaim {
  const [, algorithm = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(value) ?? []
  const read = parseAuthorization(rest)
  const pieces = new Map(Array.from(rest.matchAll(PIECE), ([, name = '', text = '']) => [name, text]))
  const { credential, signedHeaders, signature } =
    'fault' in read
      ? {
          credential: pieces.get('Credential') ?? '',
          signedHeaders: pieces.get('SignedHeaders') ?? '',
          signature: pieces.get('Signature') ?? '',
        }
      : read
  return {
    mechanism: 'header',
    algorithm,
    ...splitCredential(credential, algorithm),
    signedHeaders,
    signature,
    amzDate: firstValue(headers, X_AMZ_DATE),
    sessionToken: firstValue(headers, X_AMZ_SECURITY_TOKEN),
    expires: '',
    regionSet: headers.find(([name]) => name === X_AMZ_REGION_SET)?.[1].trim(),
  }
}

function claimOfQuery(headers: readonly Header[], query: string): SignatureClaim | undefined {
  const parameters = new Map(
    parseQuery(query, 'plus').map(([name, value]) => [name.toLowerCase(), decodeUri(value)]),
  )
  const read = (name: string): string => parameters.get(name.toLowerCase()) ?? ''
  if (!read(QUERY.signature) && !read(QUERY.credential)) return undefined
  const algorithm = read(QUERY.algorithm) || SIGV4_ALGORITHM
  return {
    mechanism: 'query',
    algorithm,
    ...splitCredential(read(QUERY.credential), algorithm),
    signedHeaders: read(QUERY.signedHeaders),
    signature: read(QUERY.signature),
    amzDate: read(QUERY.date),
    sessionToken: read(QUERY.securityToken) || firstValue(headers, X_AMZ_SECURITY_TOKEN),
    expires: read(QUERY.expires),
    regionSet: parameters.get(QUERY.regionSet.toLowerCase()),
  }
}

const DAY = /^\d{8}$/

/** Splits from the right: a key id may hold slashes, a scope has as many as its algorithm says. */
function splitCredential(
  credential: string,
  algorithm: string,
): Pick<SignatureClaim, 'accessKeyId' | 'scope'> {
  const parts = credential.split('/')
  // A scope of SigV4A that has a region by mistake, too, begins with its day.
  const hasRegion = algorithm === SIGV4_ALGORITHM || (parts.length > 4 && DAY.test(parts.at(-4) ?? ''))
  const at = Math.max(1, parts.length - (hasRegion ? 4 : 3))
  return { accessKeyId: parts.slice(0, at).join('/'), scope: parts.slice(at).join('/') }
}

const SCOPE = /^(\d{8})\/([\w.~-]+)\/([\w.~-]+)\/aws4_request$/
const SCOPE_OF_ALL = /^(\d{8})\/(?:[\w.~-]+\/)?([\w.~-]+)\/aws4_request$/

/** A scope in its parts; `undefined` when it is malformed. That of SigV4A has no region. */
export function splitScope({
  scope,
  algorithm,
}: Pick<SignatureClaim, 'scope' | 'algorithm'>): CredentialScope | undefined {
  if (algorithm === SIGV4A_ALGORITHM) {
    const [, date, service] = SCOPE_OF_ALL.exec(scope) ?? []
    return date && service ? { date, service } : undefined
  }
  const [, date, region, service] = SCOPE.exec(scope) ?? []
  return date && region && service ? { date, region, service } : undefined
}

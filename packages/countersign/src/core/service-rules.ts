/**
 * Service rules: how S3 and a few others differ from the rest. Everything that hangs on a signing name
 * is in this table; each rule can be set by option too, for compatible servers with names of their own.
 *
 * @module
 */
import type { PathRules } from './canonical-path.ts'
import type { PlusMeaning } from './canonical-query.ts'

/** What depends on the service. */
export interface ServiceRules extends PathRules {
  /** Whether `x-amz-content-sha256` is always sent. */
  readonly contentSha256Header: boolean
  /** Whether the body may stay out of the signature, as it always does in a presigned URL. */
  readonly unsignedPayload: boolean
  /** Whether the session token is part of what is signed, or added to the URL afterwards. */
  readonly tokenPlacement: 'signed' | 'after'
  /** How a server reads a `+` in the query. */
  readonly plusInQuery: PlusMeaning
  /** How far a request's date may be from the server's clock, in seconds. */
  readonly maxClockSkew: number
}

const GENERAL: ServiceRules = {
  normalizePath: true,
  pathEncoding: 'double',
  contentSha256Header: false,
  unsignedPayload: false,
  tokenPlacement: 'signed',
  plusInQuery: 'plus',
  maxClockSkew: 300,
}

const HASH_REQUIRED: ServiceRules = { ...GENERAL, contentSha256Header: true }

const S3: ServiceRules = {
  ...HASH_REQUIRED,
  normalizePath: false,
  pathEncoding: 'single',
  unsignedPayload: true,
  plusInQuery: 'space',
  maxClockSkew: 900,
}

const RULES: ReadonlyMap<string, ServiceRules> = new Map([
  ['s3', S3],
  ['s3-outposts', S3],
  ['s3-object-lambda', S3],
  ['s3express', S3],
  ['glacier', HASH_REQUIRED],
  ['aoss', HASH_REQUIRED],
  ['vpc-lattice-svcs', HASH_REQUIRED],
  // AWS IoT takes the token outside the signature: mhart/aws4#30, aws/aws-sdk-js#1456.
  ['iotdevicegateway', { ...GENERAL, tokenPlacement: 'after' }],
])

/** Rules of a signing name; all that are not in the table follow the general ones. */
export function serviceRules(service: string): ServiceRules {
  return RULES.get(service) ?? GENERAL
}

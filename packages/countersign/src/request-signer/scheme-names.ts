/**
 * The kinds of authentication by their names: those of the endpoint rules, `sigv4` or `sigv4a`, and the many others that
 * AWS's configuration, its models and botocore have for them.
 *
 * @see {@link https://docs.aws.amazon.com/sdkref/latest/guide/feature-auth-scheme.html}
 * @module
 */
import { SigningError } from '../errors.ts'

/** A kind of authentication. */
export type SchemeName =
  | 'sigv4'
  | 'sigv4a'
  | 'sigv4-s3express'
  | 'bearer'
  | 'none'
  | 'sigv2'
  | 'sigv3'
  | 's3v2'

/** What they are called elsewhere, in lower case. */
const SPELLINGS: ReadonlyMap<string, SchemeName> = new Map([
  ['sigv4', 'sigv4'],
  ['v4', 'sigv4'],
  ['s3v4', 'sigv4'],
  ['aws.auth#sigv4', 'sigv4'],
  ['sigv4a', 'sigv4a'],
  ['v4a', 'sigv4a'],
  ['s3v4a', 'sigv4a'],
  ['aws.auth#sigv4a', 'sigv4a'],
  ['sigv4-s3express', 'sigv4-s3express'],
  ['v4-s3express', 'sigv4-s3express'],
  ['aws.auth#sigv4s3express', 'sigv4-s3express'],
  ['bearer', 'bearer'],
  ['httpbearerauth', 'bearer'],
  ['smithy.api#httpbearerauth', 'bearer'],
  ['none', 'none'],
  ['noauth', 'none'],
  ['smithy.api#noauth', 'none'],
  ['sigv2', 'sigv2'],
  ['v2', 'sigv2'],
  ['sigv3', 'sigv3'],
  ['v3', 'sigv3'],
  ['v3https', 'sigv3'],
  ['s3v2', 's3v2'],
  ['s3', 's3v2'],
])

/** Where each comes from, for whoever did not pass it in. */
const SOURCES: ReadonlyMap<SchemeName, string> = new Map([
  ['sigv4', 'sigV4 of countersign/request-signer'],
  ['sigv4a', 'sigV4A of countersign/sigv4a'],
  ['sigv4-s3express', 'createS3ExpressSigner({ credentials }) of countersign/s3-express'],
  ['bearer', 'createBearerSigner({ token }) of countersign/request-signer'],
  ['sigv2', "{ scheme: 'sigv2', signRequest: signSigV2 } with signSigV2 of countersign/sigv2"],
  ['sigv3', "{ scheme: 'sigv3', signRequest: signSigV3 } with signSigV3 of countersign/sigv2"],
  [
    's3v2',
    "{ scheme: 's3v2', signRequest: signS3V2, presignUrl: presignS3V2 } with the two of countersign/sigv2",
  ],
])

/** Reads a name in any of its spellings; `undefined` when it is none. */
export function findScheme(name: string): SchemeName | undefined {
  return SPELLINGS.get(name.replace(/[\t ]/g, '').toLowerCase())
}

/**
 * Reads a name that was given.
 *
 * @throws {@link SigningError} `AUTH_SCHEME_UNKNOWN`
 */
export function readScheme(name: string): SchemeName {
  const scheme = findScheme(String(name))
  if (scheme) return scheme
  throw new SigningError(
    'AUTH_SCHEME_UNKNOWN',
    `scheme must be one of ${[...new Set(SPELLINGS.values())].join(', ')}`,
  )
}

/** The error of a kind that is wanted, and was not passed in. */
export function missingAlgorithm(scheme: SchemeName, reason: string): Error {
  return new SigningError(
    'ALGORITHM_MISSING',
    `${scheme} is wanted (${reason}) and not among algorithms: add ${SOURCES.get(scheme) ?? scheme}`,
  )
}

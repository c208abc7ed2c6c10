/**
 * What aws-crt is told of a request that it is to sign, so that it signs as we did.
 *
 * @module
 */
import { auth } from 'aws-crt'
import type { GeneratedRequest } from '../kit/generators.ts'
import { credentialsOf, EXPIRES_IN } from './compare.ts'

/** A request, and how it is signed. */
export interface CrtSigning {
  readonly generated: GeneratedRequest
  readonly date: Date
  readonly payloadHash: string
  /** One, or a list behind commas. */
  readonly region: string
  readonly algorithm: auth.AwsSigningAlgorithm
}

/** The settings that make aws-crt sign so. */
export function configureCrt({
  generated,
  date,
  payloadHash,
  region,
  algorithm,
}: CrtSigning): auth.AwsSigningConfig {
  const isQuery = generated.carrier === 'query'
  const isForS3 = generated.service === 's3'
  const { accessKeyId, secretAccessKey, sessionToken } = credentialsOf(generated)
  return {
    algorithm,
    signature_type: isQuery
      ? auth.AwsSignatureType.HttpRequestViaQueryParams
      : auth.AwsSignatureType.HttpRequestViaHeaders,
    provider: auth.AwsCredentialsProvider.newStatic(accessKeyId, secretAccessKey, sessionToken),
    region,
    service: generated.service,
    date,
    use_double_uri_encode: !isForS3,
    should_normalize_uri_path: !isForS3,
    signed_body_value: payloadHash,
    signed_body_header:
      isForS3 && !isQuery
        ? auth.AwsSignedBodyHeaderType.XAmzContentSha256
        : auth.AwsSignedBodyHeaderType.None,
    ...(isQuery ? { expiration_in_seconds: EXPIRES_IN } : {}),
  }
}

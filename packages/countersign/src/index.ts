/**
 * Signs AWS requests: `signRequest` in the Authorization header, `presignUrl` in the URL, `createSigner` with
 * credentials that refresh themselves.
 *
 * @module
 */
export { signRequest } from './sign/sign-request.ts'
export { presignUrl } from './sign/presign-url.ts'
export { createSigner, type Signer } from './sign/signer.ts'
export type { RequestOptions, SignerOptions } from './sign/sign-any-body.ts'
export { SigningKey, type SigningKeyScope } from './keys/signing-key.ts'
export type {
  Body,
  HeadersLike,
  HeaderValue,
  HttpRequest,
  PresignedUrl,
  SignedBody,
  SignedRequest,
  SigningSteps,
  SigningWarning,
  SyncBody,
} from './sign/http-request.ts'
export type { PresignOptions, SigningRules, SignOptions } from './sign/sign-options.ts'
export type {
  KeyOwner,
  RegionSetRules,
  SignatureAlgorithm,
  SignatureKey,
  SignerKey,
} from './algorithms/algorithm.ts'
export type { SignHeaders } from './sign/header-selection.ts'
export type { Credentials, CredentialsProvider, KeyCredentials } from './credentials/credentials.ts'
export type { CredentialScope } from './core/credential-scope.ts'
export { CountersignError, CredentialsError, SigningError } from './errors.ts'

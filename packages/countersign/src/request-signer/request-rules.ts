/**
 * What can be told to a {@link RequestSigner}, for all requests or with one of them.
 *
 * @module
 */
import type { SignatureAlgorithm } from '../algorithms/algorithm.ts'
import type { Credentials, CredentialsProvider, KeyCredentials } from '../credentials/credentials.ts'
import type { HttpRequest, PresignedUrl, SignedRequest, SyncBody } from '../sign/http-request.ts'
import type { SigningRules } from '../sign/sign-options.ts'
import type { Signer } from '../sign/signer.ts'
import type { EndpointAuthScheme, SchemePreference } from './auth-schemes.ts'
import type { SchemeName } from './scheme-names.ts'

/** Options for all requests of a signer, or for one; those given with a request win. */
export interface RequestRules extends Omit<SigningRules, 'algorithm'> {
  /**
   * Kind of authentication, which wins over all that service, operation and endpoint say: `sigv4`, `sigv4a`,
   * `sigv4-s3express`, `bearer`, `none`, `sigv2`, `sigv3`, `s3v2`. AWS's and botocore's other names for them do as well.
   */
  readonly scheme?: string | undefined
  /** `authSchemes` of the endpoint, as AWS's endpoint rules have them. */
  readonly authSchemes?: readonly EndpointAuthScheme[] | undefined
  /** Which of several kinds to take, the best first; `AWS_AUTH_SCHEME_PREFERENCE` has this form. */
  readonly schemePreference?: SchemePreference | undefined
  /** Name of the operation, such as `PutSnapshotBlock`: some are not signed, and some leave the body out. */
  readonly operation?: string | undefined
}

/** A signer of one kind, such as that of S3 Express. */
export interface SchemeSigner extends Signer {
  readonly scheme: SchemeName
}

/** What the signers of before version 4 are given. */
export interface OlderOptions {
  readonly credentials: Credentials
  readonly date?: Date | undefined
  /** Lifetime of a presigned URL in whole seconds. */
  readonly expiresIn?: number | undefined
}

/** What they hand back; there is no canonical request and no scope. */
type Older<T extends SignedRequest | PresignedUrl> = Omit<T, 'canonicalRequest' | 'scope' | 'signedHeaders'>

/** Signatures of before version 4, with the functions of `countersign/sigv2`. */
export interface OlderScheme {
  readonly scheme: 'sigv2' | 'sigv3' | 's3v2'
  readonly signRequest: (request: HttpRequest<SyncBody>, options: OlderOptions) => Older<SignedRequest>
  readonly presignUrl?:
    | ((request: HttpRequest<SyncBody>, options: OlderOptions) => Older<PresignedUrl>)
    | undefined
}

/** A kind of authentication that a {@link RequestSigner} may use. */
export type RequestAlgorithm = SignatureAlgorithm | SchemeSigner | OlderScheme

/** Options of a {@link RequestSigner}. */
export interface RequestSignerOptions extends RequestRules {
  /** Credentials, or what gives them when asked. Not needed for bearer tokens, nor where nothing is signed. */
  readonly credentials?: Credentials | KeyCredentials | CredentialsProvider | undefined
  /**
   * What may be used; `[sigV4]` by default. Nothing takes the place of one that is wanted and is not here.
   *
   * ```js
   * algorithms: [sigV4, sigV4A, createS3ExpressSigner({ credentials }), createBearerSigner({ token })]
   * ```
   */
  readonly algorithms?: readonly RequestAlgorithm[] | undefined
  /** The clock; it is told the host that is signed for. */
  readonly now?: ((host: string) => Date) | undefined
}

/**
 * Verifies AWS signatures: `createVerifier` for servers, `explainRequest` for whoever asks why not, and AWS's error
 * bodies for the answer.
 *
 * @module
 */
export { createVerifier, type Verifier, type VerifierOptions } from './verifier.ts'
export {
  explainRequest,
  type ExplainOptions,
  type Finding,
  type Report,
  type WholeMessage,
} from './explain-request.ts'
export { sigV4 } from '../algorithms/sigv4.ts'
export type {
  KeyOwner,
  RegionSetRules,
  SignatureAlgorithm,
  SignatureKey,
  SignerKey,
} from '../algorithms/algorithm.ts'
export type { OlderAlgorithm, OlderCarrier } from './older-algorithm.ts'
export type { RequestMessage } from './message.ts'
export type { Found, KeyHints, SecretsLookup } from './found-key.ts'
export type { CoveredRequest, VerificationWarning, VerifiedRequest } from './verified-request.ts'
export { cacheSecrets, type CachedSecrets, type CacheSecretsOptions } from './cache-secrets.ts'
export {
  createShadow,
  type Observation,
  type Shadow,
  type ShadowCounts,
  type ShadowOptions,
} from './shadow.ts'
export { detailOf, type RefusalDetail } from './refusal-detail.ts'
export type { ServerRules } from './verifier-options.ts'
export type { StreamingOptions } from './streaming-options.ts'
export type { EventStreams, EventStreamStart } from './event-streams.ts'
export type { Limits } from './limits.ts'
export type { Mechanism } from './claim.ts'
export type { UnsignedPayload } from './checks/check.ts'
export { s3Xml } from './responses/s3-xml.ts'
export { queryXml } from './responses/query-xml.ts'
export { awsJson } from './responses/aws-json.ts'
export { restJson } from './responses/rest-json.ts'
export { apiGateway } from './responses/api-gateway.ts'
export type { ErrorResponse, ResponseOptions } from './responses/response.ts'
export {
  createReplayGuard,
  type MemoryReplayGuard,
  type ReplayCounts,
  type ReplayGuard,
  type ReplayGuardOptions,
} from '../replay/replay-guard.ts'
export type { ReplayOptions } from './replay.ts'
export { VerificationError, type VerificationErrorCode, type VerificationSteps } from '../errors.ts'

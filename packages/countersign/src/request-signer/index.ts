/**
 * One signer for all services: which signature a request needs, from its host, the endpoint's rules and the operation,
 * and why.
 *
 * ```js
 * import { RequestSigner, sigV4 } from 'countersign/request-signer'
 * import { sigV4A } from 'countersign/sigv4a'
 *
 * const signer = new RequestSigner({ credentials, algorithms: [sigV4, sigV4A] })
 * const { decision } = await signer.sign({ method: 'GET', url })
 * ```
 *
 * @module
 */
export { RequestSigner, type Decided, type PostRules, type PresignRules } from './request-signer.ts'
export {
  createBearerSigner,
  type BearerSigner,
  type BearerSignerOptions,
  type BearerToken,
  type BearerTokenProvider,
} from './bearer-signer.ts'
export { sigV4 } from '../algorithms/sigv4.ts'
export type { DecisionReasons, SigningDecision } from './decision.ts'
export type { EndpointAuthScheme, SchemePreference } from './auth-schemes.ts'
export type { SchemeName } from './scheme-names.ts'
export type {
  OlderScheme,
  OlderOptions,
  RequestAlgorithm,
  RequestRules,
  RequestSignerOptions,
  SchemeSigner,
} from './request-rules.ts'

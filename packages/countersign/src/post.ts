/**
 * Browser uploads: `presignPost` signs a form, `createPostVerifier` is the store's half of it.
 *
 * @module
 */
export { presignPost } from './sign/post/presign-post.ts'
export { formatPostHtml } from './sign/post/post-html.ts'
export type { PostForm, PresignedPost, PresignPostOptions } from './sign/post/post-form.ts'
export type { PostFields } from './sign/post/form-fields.ts'
export type { PostCondition } from './core/post-policy.ts'
export { sigV4Post } from './algorithms/post-v4.ts'
export { sigV2Post } from './algorithms/post-v2.ts'
export type { PostAlgorithm } from './algorithms/post-algorithm.ts'
export {
  createPostVerifier,
  type ParsedForm,
  type PostLimits,
  type PostMessage,
  type PostVerifier,
  type PostVerifierOptions,
} from './verify/post/post-verifier.ts'
export type { VerifiedForm, VerifiedPost } from './verify/post/verified-post.ts'
export type { GivenForm } from './verify/post/form-values.ts'
export type { SizeRange } from './verify/post/form-file.ts'
export { buildPostResponse, type StoredObject } from './verify/post/post-response.ts'
export { explainPost, type ExplainedPost, type PostFinding } from './verify/post/explain-post.ts'

/**
 * Requests for directory buckets, S3 Express One Zone: sessions are asked for, kept and renewed on the way.
 *
 * ```js
 * import { createS3ExpressSigner } from 'countersign/s3-express'
 *
 * const signer = createS3ExpressSigner({ credentials })
 * await signer.sign({ method: 'GET', url: 'https://logs--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com/a' })
 * ```
 *
 * @module
 */
export { createS3ExpressSigner, type S3ExpressSigner } from './s3-express-signer.ts'
export type { S3ExpressSignerOptions } from './s3-express-options.ts'
export type { SessionFetch } from './create-session.ts'

/**
 * Uploads in chunks: `signChunks` for bodies that are not known before they are sent. `createVerifier` of
 * `countersign/verify` takes them. Event streams: `signEventStream`, `createEventStreamVerifier`, the codec of their
 * messages, and what opens a WebSocket.
 *
 * @module
 */
export { signChunks, type SignChunksOptions } from './sign-chunks.ts'
export { createReadableStream } from '../core/readable-stream.ts'
export type { ChunkSource } from '../sign/chunk-source.ts'
export type { SignedUpload, StreamOptions } from '../sign/sign-stream.ts'
export type { ChecksumName } from '../crypto/checksums/s3-checksums.ts'
export { decodeEvent, decodeEvents } from '../event-stream/decode-event.ts'
export { encodeEvent } from '../event-stream/encode-event.ts'
export type {
  EventHeaders,
  EventHeaderValue,
  EventInput,
  EventInteger,
  EventLimits,
  EventMessage,
  EventUuid,
} from '../event-stream/event-message.ts'
export {
  createEventSigner,
  type EventSeed,
  type EventSigner,
  type EventSignerOptions,
} from '../event-stream/event-signer.ts'
export {
  signEventStream,
  type EventSource,
  type SignedEventStream,
  type SignEventStreamOptions,
} from '../event-stream/sign-event-stream.ts'
export {
  createEventStreamVerifier,
  type EventStreamVerifier,
  type EventStreamVerifierOptions,
  type VerifiedEventStream,
} from '../event-stream/event-stream-verifier.ts'
export { eventStreams } from '../event-stream/event-streams.ts'
export { presignWebSocket, type PresignWebSocketOptions } from '../sign/presign-web-socket.ts'
export {
  createAppSyncSocket,
  signAppSyncBody,
  type AppSyncOptions,
  type AppSyncSocket,
} from '../event-stream/appsync.ts'

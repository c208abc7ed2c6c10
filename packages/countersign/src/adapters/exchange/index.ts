/**
 * What stands behind every adapter, for clients that have none: the loop that signs each attempt anew, and its rules
 * for redirects and for sending again.
 *
 * @module
 */
export { exchange } from './exchange.ts'
export type { AnswerHead, Exchange, ExchangeMemory, ExchangeOptions, Transport } from './turn.ts'
export {
  resolveRedirect,
  type Hop,
  type NextStep,
  type RedirectedRequest,
  type RedirectingAnswer,
} from './redirect.ts'
export { isTransient, resolveDelay } from './retry.ts'
export type { AnySigner } from '../any-signer.ts'

/**
 * Why a server refused, as far as it is shown: AWS's error code, the first line of its message, and what kind of a
 * problem it is.
 *
 * @module
 */
import { readErrorAnswer, type ErrorAnswer, type ErrorKind } from 'countersign/aws-error'
import type { Header } from './wire-request.ts'

/** What has to be looked at. */
export type RefusalKind = ErrorKind

/** An error answer; of its message the first line. */
export type Refusal = Pick<ErrorAnswer, 'kind' | 'code' | 'message' | 'region' | 'serverTime'>

/**
 * Reads an error answer.
 *
 * @param body its beginning is enough
 */
export function readRefusal(status: number, headers: readonly Header[], body: Uint8Array): Refusal {
  const { kind, code, message, region, serverTime } = readErrorAnswer({ status, headers, body })
  return { kind, code, message: message?.split(/\r?\n/, 1)[0], region, serverTime }
}

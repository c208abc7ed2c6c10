/**
 * The server's clock, as an answer tells it: in the text of the error, or in its `Date` header.
 *
 * @module
 */
import { parseAmzDate } from '../core/amz-date.ts'
import type { HeaderReader } from './headers.ts'

/** `(20260101T001500Z - 5 min.)`: the instant in parentheses is that of the server. */
const IN_MESSAGE = /\((\d{8}T\d{6}Z) [+-]/

/**
 * Reads the server's time. The `Date` of an answer that comes from a cache is somebody's past, and tells nothing.
 *
 * @param stated the element `ServerTime`
 */
export function readServerTime(
  message: string | undefined,
  stated: string | undefined,
  header: HeaderReader,
): Date | undefined {
  const compact = IN_MESSAGE.exec(message ?? '')?.[1]
  if (compact !== undefined) return usable(parseAmzDate(compact))
  return readIso(stated) ?? (isCached(header) ? undefined : readHttpDate(header('date')))
}

function readIso(text: string | undefined): Date | undefined {
  return text !== undefined && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? usable(new Date(text)) : undefined
}

function readHttpDate(text: string | undefined): Date | undefined {
  return text !== undefined && /^[A-Z][a-z]{2}, .* GMT$/.test(text) ? usable(new Date(text)) : undefined
}

/** Outside of these years no request can be signed: who believed it could send no more. */
function usable(date: Date | undefined): Date | undefined {
  const year = date?.getUTCFullYear() ?? NaN
  return year > 0 && year < 9999 ? date : undefined
}

/** Whether an answer was kept by somebody on the way. */
function isCached(header: HeaderReader): boolean {
  const age = header('age')?.trim()
  return (age !== undefined && age !== '0') || /\bhit\b/i.test(header('x-cache') ?? '')
}

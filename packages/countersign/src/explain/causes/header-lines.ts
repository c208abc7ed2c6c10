/**
 * What causes in headers have in common.
 *
 * @module
 */
import type { Header } from '../../core/canonical-headers.ts'
import type { Finding } from '../cause.ts'
import { lineOf, type CanonicalParts } from '../canonical-parts.ts'
import type { Case } from '../case.ts'
import type { Change } from '../change.ts'

/** Headers that are about one connection, which every hop takes off. */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Headers that proxies and tracing libraries write as they like. */
export const TRACING: RegExp =
  /^(?:via|forwarded|x-forwarded-.+|x-real-ip|x-request-id|x-correlation-id|cf-.+|cdn-loop|x-envoy-.+|x-amzn-trace-id|traceparent|tracestate|baggage|uber-trace-id|b3|x-b3-.+|x-cloud-trace-context|newrelic|sentry-trace|user-agent|amz-sdk-(?:request|invocation-id))$/

/** One header's line changed to each of some values; `undefined` is no line. */
export function lines(
  parts: CanonicalParts,
  name: string,
  ...values: readonly (string | undefined)[]
): Change[] {
  const present = lineOf(parts, name)
  return [...new Set(values)]
    .filter((value) => value !== present)
    .map((value) => ({ headers: [[name, value]] }))
}

/** A change of every signed header's line for which there is another value. */
export function eachLine(
  parts: CanonicalParts,
  rewrite: (value: string, name: string) => string | undefined,
): Change[] {
  return parts.headers.flatMap(([name, value]) => {
    const other = rewrite(value, name)
    return other === undefined ? [] : lines(parts, name, other)
  })
}

/**
 * The values of a header as they arrived, neither trimmed nor joined. Where those of the request make another line than
 * the server's, they are not what arrived.
 */
export function rawValues(received: CanonicalParts, wanted: string, evidence: Case): string[] {
  const line = lineOf(received, wanted)
  const { arrived, canonical } = evidence
  if (lineOf(canonical, wanted) !== line) return line === undefined ? [] : [line]
  return arrived.headers.filter(([name]) => name === wanted).map(([, value]) => value)
}

/** The names in a list of signed headers. */
export function namesIn(signedHeaders: string): string[] {
  return signedHeaders.split(';').filter(Boolean)
}

/** The change that takes a header out of the lines and out of the list. */
export function withoutHeader(parts: CanonicalParts, name: string): Change {
  const names = namesIn(parts.signedHeaders).filter((other) => other !== name)
  return { headers: [[name, undefined]], signedHeaders: names.join(';') }
}

/** A signed header that the server says did not arrive, and that the request had; its value as it was given. */
export function missedHeader({ answer, request }: Case): Header | undefined {
  const [, name] =
    /'([^']+)' is named as a SignedHeader, but it does not exist/.exec(answer?.message ?? '') ?? []
  return request.headers.find((header) => header[0] === name?.toLowerCase())
}

/** The finding that a header which was sent did not arrive, as the server says. */
export function missedFinding(evidence: Case, fix: string): Finding[] {
  const missed = missedHeader(evidence)
  if (!missed) return []
  const finding = `The header ${missed[0]} was signed and sent, and the server says that it did not arrive.`
  return [{ grade: 'stated', finding, fix, correction: { unsignHeaders: [missed[0]] } }]
}

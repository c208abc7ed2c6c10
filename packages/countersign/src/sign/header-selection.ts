/**
 * Which headers are signed. The default signs what cannot change on the way; `sdk` and `all` sign more.
 *
 * @module
 */
import type { Header } from '../core/canonical-headers.ts'
import { SigningError } from '../errors.ts'
import { headerValue } from './read-headers.ts'

/**
 * - `minimal`: `content-type`, `content-md5`, `x-amz-*`, and `date` when it is the signing instant;
 * - `sdk`: all but what proxies, caches and tracing change;
 * - `all`: all but what belongs to one connection;
 * - a list: those names, with `*` for any run of characters.
 *
 * `host` and what the signer adds are signed in any case.
 */
export type SignHeaders = 'minimal' | 'sdk' | 'all' | readonly string[]

const OF_ONE_CONNECTION =
  'authorization|connection|expect|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|user-agent|x-amzn-trace-id|amz-sdk-.*'
// Seen changed by proxies, caches, balancers and tracing: aws/aws-cli#9257, hashicorp/terraform#36412,
// open-telemetry/opentelemetry-js#3922, aws/aws-sdk-go-v2#2722.
const FRAGILE =
  'accept|accept-encoding|b3|baggage|cache-control|cdn-loop|cf-.*|content-length|cookie|forwarded|range|trace(?:parent|state)|uber-trace-id|via|x-envoy-.*|x-forwarded-.*|x-real-ip|x-request-id'
// Mobile Analytics breaks when it is signed.
const CLIENT_CONTEXT = 'x-amz-client-context'

const PRESETS: ReadonlyMap<SignHeaders, RegExp> = new Map([
  ['minimal', new RegExp(`^(?!${CLIENT_CONTEXT}$)(?:content-(?:md5|type)|date|x-amz-.*)$`)],
  ['sdk', new RegExp(`^(?!(?:${OF_ONE_CONNECTION}|${FRAGILE}|${CLIENT_CONTEXT})$)`)],
  ['all', new RegExp(`^(?!(?:${OF_ONE_CONNECTION})$)`)],
])

/** An expression for names, in which `*` stands for any run of characters. */
export function expressionOf(patterns: readonly string[]): RegExp {
  // No comma can be in a name.
  const source = String(patterns).replace(/\W/g, '\\$&').replaceAll('\\*', '.*').replaceAll('\\,', '|')
  return new RegExp(`^(?:${source})$`, 'i')
}

/**
 * The headers to sign among those that the caller gives, in their order. What a signer adds itself is always signed.
 *
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function selectHeaders(headers: readonly Header[], selection: SignHeaders): Header[] {
  const expression = PRESETS.get(selection) ?? (Array.isArray(selection) && expressionOf(selection))
  if (!expression) {
    throw new SigningError('OPTION_INVALID', 'signHeaders must be minimal, sdk, all or a list')
  }
  const connection = headerValue(headers, 'connection')
    ?.toLowerCase()
    .split(/[\t ,]+/)
  return headers.filter(([name]) => expression.test(name) && !connection?.includes(name))
}

/**
 * What kind of a problem an error is: what has to be looked at.
 *
 * @module
 */

/** The signature, the clock, the permissions, the age of the credentials, the rate of requests, or something else. */
export type ErrorKind = 'signature' | 'clock' | 'permission' | 'expired' | 'throttled' | 'other'

const KINDS: ReadonlyMap<string, ErrorKind> = new Map(
  Object.entries({
    signature:
      'SignatureDoesNotMatch InvalidSignature IncompleteSignature AuthorizationHeaderMalformed AuthorizationQueryParametersError XAmzContentSHA256Mismatch InvalidAccessKeyId InvalidClientTokenId UnrecognizedClient MissingAuthenticationToken InvalidToken InvalidSecurity AuthFailure MissingSecurityHeader',
    clock: 'RequestTimeTooSkewed RequestExpired RequestInTheFuture',
    permission:
      'AccessDenied AllAccessDisabled UnauthorizedOperation NotAuthorized Unauthorized Forbidden OptInRequired AccountProblem',
    expired: 'ExpiredToken TokenRefreshRequired',
    throttled:
      'Throttling Throttled ThrottledError RequestThrottled RequestThrottling TooManyRequests ProvisionedThroughputExceeded RequestLimitExceeded BandwidthLimitExceeded LimitExceeded SlowDown PriorRequestNotComplete TransactionInProgress EC2Throttled',
  }).flatMap(([kind, codes]) => codes.split(' ').map((code) => [code, kind as ErrorKind] as const)),
)

/** Messages that say more than the code that they come with. */
const TOLD_BY_MESSAGE: readonly (readonly [RegExp, ErrorKind])[] = [
  [/^Signature (?:expired|not yet current)|^Request (?:has expired|is not valid yet)/, 'clock'],
  [/headers present in the request which were not signed|requires a valid Date or x-amz-date/, 'signature'],
  [/authorization mechanism you have provided|required header for this request: x-amz-content/, 'signature'],
  [/security token included in the request is expired/, 'expired'],
  [/^Rate exceeded/, 'throttled'],
]

/**
 * Sorts an error.
 *
 * @param code without its name space
 */
export function errorKind(status: number, code: string | undefined, message: string | undefined): ErrorKind {
  if (status < 400 && status >= 300) return 'other'
  for (const [pattern, kind] of TOLD_BY_MESSAGE) if (pattern.test(message ?? '')) return kind
  return KINDS.get((code ?? '').replace(/Exception$/, '')) ?? (status === 429 ? 'throttled' : 'other')
}

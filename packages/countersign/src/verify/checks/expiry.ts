/**
 * A presigned URL is good from its date on, for as many seconds as it says.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html}
 * @module
 */
import { formatAmzDate } from '../../core/amz-date.ts'
import { refuse } from '../refusals.ts'
import { skewOf, type Check } from './check.ts'

/** The URL is not dated in the future, but for what clocks may differ. */
export const notYetValid: Check = (claim, context) => {
  const isEarly = claim.instant.getTime() > context.now.getTime() + skewOf(claim, context)
  if (claim.expiresIn === undefined || !isEarly) return undefined
  return refuse('NOT_YET_VALID', `The presigned URL is valid from ${claim.amzDate} on`, {
    requestTime: claim.amzDate,
  })
}

/** The URL's time is not over. */
export const expired: Check = ({ instant, expiresIn }, { now }) => {
  if (expiresIn === undefined) return undefined
  const end = new Date(instant.getTime() + expiresIn * 1000)
  if (now <= end) return undefined
  return refuse('EXPIRED', `The presigned URL expired at ${formatAmzDate(end)}`, {
    expires: end.toISOString(),
    serverTime: now.toISOString(),
    expiresIn: String(expiresIn),
  })
}

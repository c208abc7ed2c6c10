/**
 * A request that is signed in its header is good for a few minutes around its date, and so is one of version 2 with a
 * `Timestamp`. Not for presigned URLs, which say themselves how long they live.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html} RequestTimeTooSkewed
 * @module
 */
import { formatAmzDate } from '../../core/amz-date.ts'
import { refuse } from '../refusals.ts'
import { skewOf, type Check } from './check.ts'

/** The date is near the server's clock. */
export const clockSkew: Check = (claim, context) => {
  const most = skewOf(claim, context)
  const skew = context.now.getTime() - claim.instant.getTime()
  const isDated = claim.mechanism === 'header' || (claim.older && claim.expiresIn === undefined)
  if (!isDated || Math.abs(skew) <= most) return undefined
  const serverTime = formatAmzDate(context.now)
  const limit = formatAmzDate(new Date(context.now.getTime() - Math.sign(skew) * most))
  return refuse('CLOCK_SKEWED', `The request is dated ${claim.amzDate}, here it is ${serverTime}`, {
    requestTime: claim.amzDate,
    serverTime,
    limit,
    direction: skew > 0 ? 'past' : 'future',
    maxAllowedSkewMilliseconds: String(most),
  })
}

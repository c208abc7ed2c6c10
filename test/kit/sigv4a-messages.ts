/**
 * Requests that are signed with SigV4A, and a verifier's options that take them.
 *
 * @module
 */
import { sigV4A } from '../../packages/countersign/src/sigv4a.ts'
import { sigV4 } from '../../packages/countersign/src/verify/index.ts'
import { dateAt, MECHANISMS, SERVICES, type Draft, type Sign } from './messages.ts'

/** Takes either algorithm. */
export const BOTH = { algorithms: [sigV4, sigV4A] }
/** The day of the requests. */
export const DAY = dateAt().slice(0, 8)

/** Every mechanism with every kind of service, and either algorithm. */
export const EVERYWHERE = SERVICES.flatMap((service) =>
  MECHANISMS.map(({ mechanism, sign }) => {
    const signAsymmetric: Sign = (draft) => sign({ service, isSigV4A: true, ...draft })
    return {
      mechanism,
      service,
      sign: signAsymmetric,
      signSymmetric: (draft?: Draft) => sign({ service, ...draft }),
    }
  }),
)

/** Code of S3 for a malformed credential. */
export const malformed = (mechanism: 'header' | 'query'): string =>
  mechanism === 'header' ? 'AuthorizationHeaderMalformed' : 'AuthorizationQueryParametersError'

/**
 * What `-v` tells while a request is under way: heads, without what is secret in them; with `-vv` the steps of the
 * signing too.
 *
 * @module
 */
import type { SigningWarning } from 'countersign'
import type { Output } from '../frame/output.ts'
import { sectionsOf } from '../request/sections.ts'
import { tellWarnings } from '../request/signing-warnings.ts'
import type { DeliveryEvents } from './delivery.ts'
import { headerValue } from './wire-request.ts'
import { redactCanonical, requestLines, responseLines } from './redacted-heads.ts'
import { printable, redactUrl } from '../request/redacted-headers.ts'
import type { SignedAttempt } from './signing.ts'

/**
 * Makes what tells.
 *
 * @param isSilent whether retries are not told
 */
export function createTalk(output: Output, isSilent: boolean): DeliveryEvents {
  let isFirst = true
  return {
    signed(attempt) {
      if (isFirst) tellOfSigning(attempt, output)
      isFirst = false
      if (output.verbosity > 0) for (const line of requestLines(attempt.wire)) output.note(`> ${line}`)
      if (output.verbosity > 1) tellSteps(attempt, output)
    },
    answered({ status, reason, headers }) {
      if (output.verbosity === 0) return
      for (const line of responseLines(status, reason, headers)) output.note(`< ${printable(line)}`)
    },
    retrying(why, seconds) {
      if (!isSilent) output.note(`${why}; sending again in ${seconds.toFixed(1)} s`)
    },
    followed({ url }) {
      if (output.verbosity > 0) output.note(`* following to ${printable(redactUrl(url))}`)
    },
  }
}

/** Warnings of the library. Dot segments are none here: they are sent as they are. */
export function tellOfSigning({ signed }: SignedAttempt, output: Output): void {
  const isOfInterest = (warning: SigningWarning): boolean => warning !== 'DOT_SEGMENTS'
  tellWarnings(signed.warnings.filter(isOfInterest), output)
}

/** The steps of a signing, for people. */
export function tellSteps({ signed }: SignedAttempt, output: Output): void {
  const { scope, signedHeaders = [] } = signed
  const regions = scope?.region ?? headerValue(signed.headers, 'x-amz-region-set')
  if (scope) {
    output.note(`* scope ${scope.service} in ${regions} on ${scope.date}; signed: ${signedHeaders.join(' ')}`)
  }
  if (signed.stringToSign === '') return
  for (const [name, text] of sectionsOf(signed)) {
    output.note(`* ${name}`)
    for (const line of redactCanonical(text).split('\n')) output.note(`*   ${line}`)
  }
}

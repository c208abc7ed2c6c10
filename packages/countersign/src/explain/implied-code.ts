/**
 * The code of an answer whose document has a message alone: API Gateway, OpenSearch and others write the code into a
 * header, `x-amzn-ErrorType`, which nobody copies.
 *
 * @module
 */
import type { ErrorAnswer } from '../answers/error-answer.ts'
import { errorKind } from '../answers/error-kind.ts'

const CODES: readonly (readonly [message: RegExp, code: string])[] = [
  [/^The request signature we .*Check your key/, 'SignatureDoesNotMatch'],
  [
    /^The request signature we |^Signature (?:expired|not yet )|^Credential should be/,
    'InvalidSignatureException',
  ],
  [/^User: \S+ is not authorized|^User is not authorized|^Access Denied$/, 'AccessDeniedException'],
  [/^The security token .* is expired/, 'ExpiredTokenException'],
]

/** The answer with the code that goes with its message. */
export function withImpliedCode(answer: ErrorAnswer): ErrorAnswer {
  const { status, message = '' } = answer
  const code = answer.code ?? CODES.find(([pattern]) => pattern.test(message))?.[1]
  return code === answer.code ? answer : { ...answer, code, kind: errorKind(status, code, message) }
}

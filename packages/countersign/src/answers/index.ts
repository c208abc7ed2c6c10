/**
 * What AWS's answers tell: errors in all of their shapes, the server's clock, and what a server built when it checked
 * a signature.
 *
 * @module
 */
export { AwsError, parseAwsError, readAwsError, type AnyResponse } from './aws-error.ts'
export { readErrorAnswer, type ErrorAnswer, type GivenAnswer } from './error-answer.ts'
export type { ErrorDialect } from './error-document.ts'
export type { ErrorKind } from './error-kind.ts'
export type { Echo } from './echo.ts'
export type { AnswerHeaders } from './headers.ts'
export { createServerClock, type ServerClock } from './server-clock.ts'

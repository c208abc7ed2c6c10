/**
 * Explains why a server refused a signed request, and proves it where it can.
 *
 * @module
 */
export type { Evidence, HeaderField, ObservedAnswer, ObservedRequest } from './evidence.ts'
export type { AnswerSummary, Correction, DifferingLine, Explanation, Grade, Verdict } from './explanation.ts'
export type { EchoState } from './check-echo.ts'
export type { Cause, Family } from './cause.ts'
export type { SearchLimits } from './search.ts'
export { CAUSES, findCause } from './catalogue.ts'
export { explainRefusal, type ExplainRefusalOptions } from './explain-refusal.ts'
export { readEvidence } from './doors/read-evidence.ts'
export { evidenceOf } from './doors/evidence-of.ts'
export { parseRawRequest, type RawRequest, type RequestNote } from './doors/raw-http.ts'
export type { EvidenceForm, FileReader, ReadCredentials, Reading, ReadOptions } from './doors/reading.ts'

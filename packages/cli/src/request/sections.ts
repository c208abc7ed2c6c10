/**
 * Steps of a signature as text with a headline each, made to be read and compared line by line.
 *
 * @module
 */
import type { SigningSteps } from 'countersign'
import type { Output } from '../frame/output.ts'
import { redactAll } from '../frame/redact.ts'

/** A headline with what stands below it. */
export type Section = readonly [headline: string, text: string]

/** Formats sections, with an empty line between them. */
export function formatSections(sections: readonly Section[]): string {
  return sections.map(([headline, text]) => `# ${headline}\n${text}\n`).join('\n')
}

/** Shows with `-vv` what was signed, without the session token. */
export function tellSteps(
  { canonicalRequest, stringToSign }: SigningSteps,
  sessionToken: string | undefined,
  output: Output,
): void {
  if (output.verbosity < 2) return
  const sections: Section[] = [
    ['canonical request', redactAll(canonicalRequest, [sessionToken])],
    ['string to sign', stringToSign],
  ]
  output.note(formatSections(sections))
}

/**
 * Steps of a signature as text with a headline each, made to be read and compared line by line.
 *
 * @module
 */
import type { Output } from '../frame/output.ts'
import { redactAll } from '../frame/redact.ts'
import type { AnySteps } from './any-signed.ts'

/** A headline with what stands below it. */
export type Section = readonly [headline: string, text: string]

/** Formats sections, with an empty line between them. */
export function formatSections(sections: readonly Section[]): string {
  return sections.map(([headline, text]) => `# ${headline}\n${text}\n`).join('\n')
}

/** Shows with `-vv` what was signed, without the session token. */
export function tellSteps(
  { canonicalRequest, stringToSign }: Pick<AnySteps, 'canonicalRequest' | 'stringToSign'>,
  sessionToken: string | undefined,
  output: Output,
): void {
  if (output.verbosity < 2) return
  output.note(
    formatSections(
      sectionsOf({ canonicalRequest, stringToSign }).map(([headline, text]) => [
        headline,
        redactAll(text, [sessionToken]),
      ]),
    ),
  )
}

/** What there is of the two texts; versions before 4 have the second one alone. */
export function sectionsOf({
  canonicalRequest,
  stringToSign,
}: Pick<AnySteps, 'canonicalRequest' | 'stringToSign'>): Section[] {
  const canonical: Section[] = canonicalRequest ? [['canonical request', canonicalRequest]] : []
  return [...canonical, ['string to sign', stringToSign]]
}

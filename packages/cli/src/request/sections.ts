/**
 * Steps of a signature as text with a headline each, made to be read and compared line by line.
 *
 * @module
 */

/** A headline with what stands below it. */
export type Section = readonly [headline: string, text: string]

/** Formats sections, with an empty line between them. */
export function formatSections(sections: readonly Section[]): string {
  return sections.map(([headline, text]) => `# ${headline}\n${text}\n`).join('\n')
}

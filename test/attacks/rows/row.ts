/**
 * What a row of the table of attacks is.
 *
 * @module
 */

/** An attack, in the words of the page that is made of the table. */
export interface AttackRow {
  /** Never changes: `A1`, `B3`, `C5`. */
  readonly id: string
  readonly name: string
  /** What is tried, in a sentence for whoever has never seen this project. */
  readonly attack: string
  /** What the row's own test sends. */
  readonly input: string
  /** What comes back: the code of S3, where there is one, and our own. All of them are seen, and no others. */
  readonly outcomes: readonly string[]
  /** What else is to be seen. */
  readonly result?: string
  /** The protocols by which real servers are sent it, or why it goes to the library alone. */
  readonly wire: readonly ('http1' | 'http2')[] | string
  /** Where the class of attack is on record. */
  readonly references?: readonly string[]
}

/** Over both protocols. */
export const BOTH = ['http1', 'http2'] as const

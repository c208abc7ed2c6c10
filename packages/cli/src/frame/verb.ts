/**
 * What a verb is to the command: a name, a line of help, and a module that is loaded on use.
 *
 * @module
 */
import type { Command } from 'commander'

/** A module of a verb. */
export interface VerbModule {
  /**
   * Makes the verb's command, with its options and its action.
   *
   * @param isWhole whether its help is to list all options, or those that are used most where there are many
   * @param verbs all verbs, for the one that tells of them
   */
  createCommand(isWhole?: boolean, verbs?: VerbTable): Command
}

/** A verb as the overview lists it. */
export interface Verb {
  readonly summary: string
  readonly load: () => Promise<VerbModule>
}

/** All verbs by their names. */
export type VerbTable = ReadonlyMap<string, Verb>

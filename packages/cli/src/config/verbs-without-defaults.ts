/**
 * Verbs that take no defaults from the files of the configuration.
 *
 * @module
 */

/** Why, by their names. */
export const WITHOUT_DEFAULTS: ReadonlyMap<string, string> = new Map([
  ['gateway', 'has a file of its own: countersign gateway --config FILE'],
  ['proxy', 'has a file of its own: countersign proxy --config FILE'],
  ['completion', 'has no defaults'],
  ['config', 'has no defaults'],
])

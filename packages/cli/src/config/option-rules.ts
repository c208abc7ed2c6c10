/**
 * Which options may stand in which file. Your own file may hold nearly all; that of a project holds what can do no harm
 * to whoever enters a folder that somebody else made: no key, no file that is written, no program, no other place to
 * send to, and nothing that makes a signature weaker or live longer than by default.
 *
 * @module
 */

/** Options that several verbs have in the same meaning: they may stand under `all`. */
export const SHARED: ReadonlySet<string> = new Set([
  'access-key-id',
  'algorithm',
  'cacert',
  'color',
  'credentials',
  'input',
  'json',
  'pin',
  'profile',
  'proxy',
  'region',
  'region-set',
  'service',
  'sign-headers',
  'signing-key',
  'trim-secret',
  'unsign',
  'verbose',
])

/** A value that is a secret stands in no file; and these are no defaults. */
export const NOWHERE: ReadonlyMap<string, string> = new Map([
  ['user', 'holds a secret, and no secret belongs here: set credentials or profile'],
  ['mfa-code', 'holds a code that is good once'],
])

/** What an option of a project's file has to be, or nothing where all is fine. */
type Rule = (value: unknown, verb: string) => string | undefined

const anything: Rule = () => undefined
const oneOf =
  (...words: readonly string[]): Rule =>
  (value) =>
    words.includes(String(value)) ? undefined : `may only be ${words.join(' or ')} in a project file`

const HOUR = 3600
const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['s', 1],
  ['m', 60],
  ['h', HOUR],
])

/** A project may have links live shorter than they would without it, and not longer. */
const shortLived: Rule = (value, verb) => {
  const longest = verb === 'token' ? HOUR / 4 : HOUR
  const [, count, unit = ''] = /^(\d{1,9})([smh]?)$/.exec(String(value)) ?? []
  const seconds = Number(count) * (UNITS.get(unit) ?? NaN)
  return seconds <= longest ? undefined : `may be at most ${longest / 60}m in a project file`
}

const atMost =
  (most: number): Rule =>
  (value) =>
    Number(value) <= most ? undefined : `may be at most ${most} in a project file`

/** The options that a project's file may hold. */
export const OF_PROJECTS: ReadonlyMap<string, Rule> = new Map([
  ['service', anything],
  ['region', anything],
  ['algorithm', oneOf('v4', 'v4a')],
  ['sign-headers', oneOf('minimal', 'sdk', 'all')],
  ['expires', shortLived],
  ['retry', atMost(10)],
  ['max-time', anything],
  ['connect-timeout', anything],
  ['chunked', anything],
  ['trailer', anything],
  ['fail', anything],
  ['fail-with-body', anything],
  ['show-error', anything],
  ['progress', anything],
  ['input', anything],
  ['format', anything],
  ['json', anything],
  // More would show what is sent, in logs that are read by others.
  ['verbose', atMost(2)],
  ['color', anything],
])

/** Options that may be given more than once: a list stands for them. */
export const REPEATABLE: ReadonlySet<string> = new Set([
  'header',
  'resolve',
  'unsign',
  'condition',
  'field',
  'cookie',
])

/** Options that name who signs. */
export const KEYS: ReadonlySet<string> = new Set([
  'profile',
  'credentials',
  'access-key-id',
  'secret-stdin',
  'signing-key',
  'user',
  'bearer',
])

/** Options that say the same in different ways: who gives one of them means none of the others. */
export const ALTERNATIVES: readonly ReadonlySet<string>[] = [KEYS, new Set(['region', 'region-set'])]

const NAMED = ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID']

/** The variables that win over an option of a file. */
export const VARIABLES: ReadonlyMap<string, readonly string[]> = new Map([
  ['profile', NAMED],
  ['credentials', NAMED],
  ['access-key-id', NAMED],
  ['secret-stdin', NAMED],
  ['signing-key', NAMED],
  ['region', ['AWS_REGION', 'AWS_DEFAULT_REGION']],
  ['color', ['NO_COLOR', 'CLICOLOR_FORCE']],
  ['proxy', ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy']],
  ['cacert', ['AWS_CA_BUNDLE']],
  ['record', ['COUNTERSIGN_NO_RECORD']],
])

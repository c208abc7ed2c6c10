/**
 * How a command ends when something was thrown: its exit code, and what is said about it, whoever threw it.
 *
 * @module
 */
import { CommanderError } from 'commander'
import { CommandError } from './command-error.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'

/** An error as it is shown. */
export interface Failure {
  readonly exitCode: ExitCode
  readonly code: string
  readonly message: string
  readonly why: string | undefined
  readonly fix: string
}

/** Where the library's own words name an option of its functions. */
const MESSAGES: ReadonlyMap<string, string> = new Map([
  [
    'PAYLOAD_UNSIGNED_OVER_HTTP',
    'An unsigned body is not sent over plain http, where anybody could change it',
  ],
  ['SIGV4A_REQUIRED', 'Several regions need a signature of SigV4A'],
  ['SECRET_KEY_MISSING', 'This algorithm signs with the secret access key itself, and a signing key is none'],
])

/** Where the code alone would say nothing of what lies behind it. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['URL_INVALID', 'what is signed is a host and a path, and it has to be clear which'],
  ['CONFIG_INVALID', 'settings are used or refused: nothing of them is passed over'],
  ['CONFIG_MALFORMED', 'a file that cannot be read to its end is not used in part'],
  ['ADDRESS_UNAVAILABLE', 'a port takes one program at a time, and those below 1024 take an administrator'],
])

const FIXES: ReadonlyMap<string, string> = new Map([
  ['URL_INVALID', 'give an absolute URL, such as https://sts.eu-west-1.amazonaws.com/'],
  ['CONFIG_MALFORMED', 'correct the file at that place'],
  ['ADDRESS_UNAVAILABLE', 'end what has it, or take another with --listen or --health'],
  ['METHOD_INVALID', 'give a method such as GET or PUT'],
  ['HEADER_INVALID', 'write a header as name: value, in ASCII'],
  ['HOST_NOT_SIGNABLE', "give the bucket's REST endpoint, bucket.s3.REGION.amazonaws.com"],
  ['PAYLOAD_UNSIGNED_OVER_HTTP', 'use https, or leave out --unsigned-payload'],
  ['EXPIRY_INVALID', 'give --expires such as 900, 15m or 12h, within that'],
  ['DATE_MISMATCH', 'derive a key for that day, or set --at to a time on the day of the key'],
  ['SIGNING_KEY_SCOPE_MISMATCH', 'derive a key for that service and region'],
  ['SIGNING_KEY_INVALID', 'give a file with the text that SigningKey.export() wrote'],
  ['SIGV4A_REQUIRED', 'write --region-set in the place of --region'],
  ['SECRET_KEY_MISSING', 'give the secret, for instance with --secret-stdin in the place of --signing-key'],
  ['BODY_LENGTH_MISMATCH', "give the length of the data: -H 'Content-Length: BYTES'"],
  ['BODY_UNSUPPORTED', 'leave out --chunked and --trailer: they are for S3'],
  [
    'SigningError KEY_INVALID',
    'give an RSA key or one of ECDSA on P-256 that is not encrypted: PEM, DER or JWK',
  ],
  [
    'POLICY_INVALID',
    'give one Statement with a Resource and a DateLessThan, and nothing that CloudFront does not know',
  ],
  ['EPOCH_TIME_INVALID', 'give times in whole seconds since 1970'],
  ['IP_RANGE_INVALID', 'write --ip 192.0.2.0/24 or --ip 2001:db8::/32'],
  ['URL_ALREADY_SIGNED', 'give the URL without Expires, Policy, Signature and Key-Pair-Id'],
  ['URL_OUTSIDE_POLICY', 'write a --resource that covers the URL: * stands for anything'],
  ['QUERY_NOT_SIGNABLE', 'give each parameter once, or sign with version 4'],
  ['FORM_FIELD_INVALID', 'countersign help post-policy'],
  ['CONDITION_INVALID', 'write content-length-range with the smaller size first'],
  ['CONDITION_CONTRADICTED', 'leave out the field, or its condition'],
  ['CREDENTIALS_EXPIRED', 'log in again, for instance with: aws sso login'],
  ['CREDENTIALS_INVALID', 'countersign help credentials'],
  ['KEY_NOT_FOUND', 'countersign keys list'],
  ['KEY_EXISTS', 'take another --access-key-id, or countersign keys rotate'],
  ['MASTER_KEY_MISSING', 'set COUNTERSIGN_MASTER_KEY, or put the key file back'],
])

/**
 * What is shown of an error, and how the command ends.
 *
 * @param help the command line that shows the help on what was tried
 */
export function describeFailure(error: unknown, help: string): Failure {
  if (error instanceof CommandError) return error
  if (error instanceof CommanderError) return describeUsage(error, help)
  if (isOurs(error)) {
    const { code, message } = error
    return {
      exitCode: exitCodeOf(error),
      code,
      message: MESSAGES.get(code) ?? message.replace(/^expiresIn /, '--expires '),
      why: REASONS.get(code) ?? `refused with ${code}`,
      fix: FIXES.get(`${error.name} ${code}`) ?? FIXES.get(code) ?? help,
    }
  }
  return {
    exitCode: EXIT.internal,
    code: 'INTERNAL',
    message: error instanceof Error ? error.message : String(error),
    why: 'countersign did not expect this',
    fix: 'report it, with the command line that led to it',
  }
}

/** By its name: the gateway has the library's classes from another copy than this bundle. */
function isOurs(error: unknown): error is Error & { readonly code: string } {
  const names: ReadonlySet<string> = new Set([
    ...EXIT_OF_KIND.keys(),
    'CountersignError',
    'ConfigError',
    'KeyStoreError',
  ])
  return error instanceof Error && names.has(error.name) && 'code' in error && typeof error.code === 'string'
}

const EXIT_OF_KIND: ReadonlyMap<string, ExitCode> = new Map<string, ExitCode>([
  ['SigningError', EXIT.usage],
  ['ConfigError', EXIT.usage],
  ['CredentialsError', EXIT.credentials],
  ['VerificationError', EXIT.signature],
])

const EXIT_OF_CODE: ReadonlyMap<string, ExitCode> = new Map<string, ExitCode>([
  ['CLOCK_SKEWED', EXIT.clock],
  ['NOT_YET_VALID', EXIT.clock],
  ['ADDRESS_UNAVAILABLE', EXIT.internal],
  ['KEY_NOT_FOUND', EXIT.usage],
  ['KEY_EXISTS', EXIT.usage],
  ['KEY_INVALID', EXIT.usage],
])

function exitCodeOf({ name, code }: Error & { readonly code: string }): ExitCode {
  return EXIT_OF_CODE.get(code) ?? EXIT_OF_KIND.get(name) ?? EXIT.internal
}

const SECRET_FLAG = /^--?(?:secret|session-?token|token|password|user\b|u$|aws-secret)/

/** commander's message, without what stood behind the `=` of a flag: it may be a secret. */
function describeUsage({ message, code: errorCode }: CommanderError, help: string): Failure {
  if (errorCode === 'commander.help') {
    return {
      exitCode: EXIT.usage,
      code: 'USAGE',
      message: 'The command line ends too early',
      why: 'this verb has commands of its own, and none of them is named',
      fix: help,
    }
  }
  const [what = '', hint = ''] = message.replace(/^error: /, '').split('\n')
  const flag = /unknown option '([^'=]*)/.exec(what)?.[1] ?? ''
  const isSecret = SECRET_FLAG.test(flag)
  const suggestion = /\(Did you mean (.*)\?\)/.exec(hint)?.[1]
  return {
    exitCode: EXIT.usage,
    code: 'USAGE',
    message: what.replace(/^(unknown option '[^'=]*)=.*/s, "$1'"),
    why: isSecret
      ? 'no flag takes a secret: it would show in the list of processes'
      : 'the command line cannot be read',
    fix: isSecret
      ? 'countersign help credentials'
      : suggestion === undefined
        ? help
        : `did you mean ${suggestion}?`,
  }
}

/**
 * `send --bearer`: a token in the place of a signature, such as an API key of Bedrock. It is never on the command line,
 * and goes over TLS, or to this machine alone.
 *
 * @module
 */
import { CountersignError } from 'countersign'
import { createBearerSigner } from 'countersign/request-signer'
import { CommandError } from '../frame/command-error.ts'
import { EXIT } from '../frame/exit-codes.ts'
import { readBytes } from '../frame/files.ts'
import type { OutgoingRequest } from './outgoing-request.ts'
import { headerValue } from './wire-request.ts'
import type { SendFlags } from './send-flags.ts'
import type { OtherSigning } from './signing.ts'

const VARIABLE = /^env:([A-Za-z_]\w*)$/

/** What is about signatures. */
const OF_SIGNATURES = [
  'clockOffset',
  'profile',
  'credentials',
  'accessKeyId',
  'secretStdin',
  'signingKey',
  'trimSecret',
  'user',
  'awsSigv4',
  'algorithm',
  'service',
  'region',
  'regionSet',
  'signHeaders',
  'unsign',
  'unsignedPayload',
  'chunked',
  'trailer',
  'at',
] as const satisfies readonly (keyof SendFlags)[]

/**
 * Checks that nothing of a signature stands beside the token.
 *
 * @throws {@link CommandError} `USAGE`
 */
export function assertNoSignature(flags: SendFlags, { headers }: OutgoingRequest): void {
  const flag = OF_SIGNATURES.find((name) => flags[name] !== undefined)
  const isNamed = headerValue(headers, 'authorization') !== undefined
  if (flag === undefined && !isNamed) return
  const other = flag === undefined ? 'an Authorization header' : spell(flag)
  throw new CommandError('USAGE', `--bearer and ${other} do not go together`, {
    why: 'a request has a token or a signature, and never both',
    fix: 'give one of them',
  })
}

function spell(flag: string): string {
  return `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/**
 * Makes what sets the token.
 *
 * @param source a file, `-` for standard input, or `env:` and the name of a variable
 * @throws {@link CommandError} `USAGE`, `FILE_UNREADABLE`, `BEARER_TOKEN_INVALID`
 */
export async function createBearer(source: string): Promise<OtherSigning> {
  const token = (await readToken(source)).replace(/\r?\n$/, '')
  const signer = createBearerSigner({ token })
  return async ({ method, url, headers, body }) => {
    try {
      const signed = await signer.sign({ method, url, headers: [...headers], body: body?.bytes })
      // Nothing was signed, so there are no steps to tell of.
      return {
        method: signed.method,
        url: signed.url,
        headers: signed.headers,
        warnings: [],
        stringToSign: '',
        signature: '',
      }
    } catch (error) {
      throw describe(error)
    }
  }
}

async function readToken(source: string): Promise<string> {
  if (!source.startsWith('env:')) return Buffer.from(await readBytes(source, '--bearer')).toString('utf8')
  const name = VARIABLE.exec(source)?.[1]
  const token = name === undefined ? undefined : process.env[name]
  if (token) return token
  // What stands behind env: may be the token itself, by mistake.
  throw new CommandError('USAGE', '--bearer env:NAME names no variable that is set', {
    why: 'the token is read from the environment, a file or standard input, and never from the command line',
    fix: 'export the variable, or write --bearer FILE or --bearer -',
  })
}

const REMEDIES: ReadonlyMap<string, readonly [exitCode: 2 | 3, what: string, why: string, fix: string]> =
  new Map([
    [
      'BEARER_TOKEN_INVALID',
      [
        EXIT.credentials,
        'The bearer token must be visible ASCII without blanks',
        'it stands in one line of the head',
        'check what --bearer reads: one line with the token and nothing else',
      ],
    ],
    [
      'PLAIN_HTTP_REFUSED',
      [
        EXIT.usage,
        'A bearer token is not sent over plain http',
        'whoever sees it can use it; it goes to this machine alone without TLS',
        'use https',
      ],
    ],
    [
      'URL_ALREADY_SIGNED',
      [
        EXIT.usage,
        'The URL is presigned',
        'a request has a token or a signature, and never both',
        'leave out --bearer, or give the URL without its signature',
      ],
    ],
  ])

function describe(error: unknown): unknown {
  if (!(error instanceof CountersignError)) return error
  const remedy = REMEDIES.get(error.code)
  if (!remedy) return error
  const [exitCode, what, why, fix] = remedy
  return new CommandError(error.code, what, { exitCode, why, fix })
}

/** The variable of the shell that a line of curl takes the token from. */
export function variableOf(source: string): string {
  return VARIABLE.exec(source)?.[1] ?? 'BEARER_TOKEN'
}

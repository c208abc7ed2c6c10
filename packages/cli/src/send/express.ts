/**
 * Requests for directory buckets, S3 Express One Zone: a session is asked for first, over the same way, and its keys
 * sign the request and what is sent again.
 *
 * @module
 */
import { CountersignError } from 'countersign'
import { createS3ExpressSigner, type S3ExpressSigner } from 'countersign/s3-express'
import type { AnyCredentials } from '../credentials/resolved-credentials.ts'
import { CommandError } from '../frame/command-error.ts'
import { EXIT, type ExitCode } from '../frame/exit-codes.ts'
import type { Output } from '../frame/output.ts'
import type { ResolvedScope } from '../request/scope.ts'
import { readRefusal } from './refusal.ts'
import { describeRefusal } from './refusal-error.ts'
import type { SendFlags } from './send-flags.ts'
import type { OtherSigning } from './signing.ts'
import type { Way } from './transport.ts'
import { createWayFetch } from './way-fetch.ts'
import type { Header } from './wire-request.ts'

/** How long a session may take, in seconds, unless `--max-time` says so. */
const TIMEOUT = 10

/** Makes what signs with sessions; one is asked for when the first request is signed. */
export function createExpress(
  credentials: AnyCredentials,
  flags: Pick<SendFlags, 'signHeaders' | 'at' | 'maxTime'>,
  wayOf: (url: string) => Way,
  output: Output,
): OtherSigning {
  let session: Session | undefined
  return async ({ method, url, headers, body, isUnsigned }, bodyHash, scope) => {
    session ??= createSession(credentials, scope, flags, wayOf, output)
    const hash = isUnsigned ? 'UNSIGNED-PAYLOAD' : bodyHash
    const own: Header[] = hash === undefined ? [] : [['x-amz-content-sha256', hash]]
    const given = headers.filter(([name]) => own.length === 0 || name.toLowerCase() !== own[0]?.[0])
    try {
      const request = { method, url, headers: [...given, ...own], body: body?.bytes }
      const { body: _, ...signed } = await session.signer.sign(request)
      return signed
    } catch (error) {
      throw session.failure() ?? describe(error)
    }
  }
}

interface Session {
  readonly signer: S3ExpressSigner
  /** Why there is none. */
  failure(): CommandError | undefined
}

function createSession(
  credentials: AnyCredentials,
  scope: ResolvedScope,
  { signHeaders, at, maxTime }: Pick<SendFlags, 'signHeaders' | 'at' | 'maxTime'>,
  wayOf: (url: string) => Way,
  output: Output,
): Session {
  const { fetch, failure } = createWayFetch(wayOf)
  let refused: CommandError | undefined
  const signer = createS3ExpressSigner({
    credentials,
    service: scope.service,
    region: scope.region,
    signHeaders,
    ...(at && { now: () => at }),
    timeout: maxTime ?? TIMEOUT,
    async fetch(url, init) {
      refused = undefined
      const response = await fetch(url, init)
      if (response.status === 200) output.infer('session', 'keys of five minutes', url)
      else refused = await readRefused(response.clone(), url, scope, at)
      return response
    },
  })
  return { signer, failure: () => refused ?? failure() }
}

/** Nothing of an answer that may be another one when it is asked for again. */
async function readRefused(
  response: Response,
  url: string,
  scope: ResolvedScope,
  at: Date | undefined,
): Promise<CommandError | undefined> {
  const { status } = response
  const body = new Uint8Array(await response.arrayBuffer())
  // The code alone: a message may quote the request, session token included.
  const refusal = { ...readRefusal(status, [...response.headers], body), message: undefined }
  if (status < 400 || status === 429 || status >= 500) return undefined
  const described = describeRefusal(refusal, { method: 'GET', url, scope, status, at })
  const { code, message, exitCode, why, fix } = described
  return new CommandError(code, `${message}: there is no session`, { exitCode, why, fix })
}

const REMEDIES: ReadonlyMap<string, readonly [exitCode: ExitCode, why: string, fix: string]> = new Map<
  string,
  readonly [ExitCode, string, string]
>([
  [
    'SESSION_UNAVAILABLE',
    [EXIT.network, 'requests for a directory bucket need a session', 'try again, with --retry 3'],
  ],
  [
    'SESSION_REFUSED',
    [EXIT.http, 'requests for a directory bucket need a session', 'check the host and the bucket'],
  ],
  [
    'SESSION_INVALID',
    [EXIT.credentials, 'the answer is no session, or one that is over', 'check the clock and the host'],
  ],
  ['PLAIN_HTTP_REFUSED', [EXIT.usage, 'the keys of a session would travel in plain sight', 'use https']],
  [
    'BUCKET_UNKNOWN',
    [
      EXIT.usage,
      'a session is for one directory bucket',
      'give its host, or its name as the first part of the path',
    ],
  ],
])

const MESSAGES: ReadonlyMap<string, string> = new Map([
  ['PLAIN_HTTP_REFUSED', 'No session is asked for over plain http'],
  ['BUCKET_UNKNOWN', 'The URL names no directory bucket'],
])

function describe(error: unknown): unknown {
  if (!(error instanceof CountersignError)) return error
  const remedy = REMEDIES.get(error.code)
  if (!remedy) return error
  const [exitCode, why, fix] = remedy
  return new CommandError(error.code, MESSAGES.get(error.code) ?? error.message, { exitCode, why, fix })
}

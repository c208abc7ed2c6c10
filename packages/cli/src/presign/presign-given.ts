/**
 * Makes one presigned URL, in whichever way its scheme and the algorithm want it.
 *
 * @module
 */
import { CountersignError, presignUrl, type PresignedUrl } from 'countersign'
import type { PresignWebSocketOptions } from 'countersign/streaming'
import type { AnyCredentials } from '../credentials/resolved-credentials.ts'
import { CommandError } from '../frame/command-error.ts'
import type { GivenRequest } from '../request/given-request.ts'
import type { ResolvedScope } from '../request/scope.ts'

/** With what to sign. */
export interface PresignMeans {
  readonly credentials: AnyCredentials
  /** The clock; now unless it is given. */
  readonly date: Date | undefined
  /** In seconds; an hour unless it is given, and five minutes for a WebSocket. */
  readonly expires: number | undefined
}

/** A URL that is ready to be handed out. Versions before 4 have no scope. */
export type Presigned = Pick<
  PresignedUrl,
  'method' | 'url' | 'headers' | 'expiresAt' | 'warnings' | 'stringToSign'
> &
  Partial<Pick<PresignedUrl, 'scope' | 'signedHeaders' | 'canonicalRequest'>>

/** Lifetimes where none is given, in seconds. */
const HOUR = 3600
const FIVE_MINUTES = 300

/**
 * Makes a presigned URL: at once for the usual ones, so that a list of them is made as fast as can be.
 *
 * @throws {@link SigningError}, {@link CredentialsError}; {@link CommandError} `USAGE`, `EXPIRY_INVALID`
 */
export function presignGiven(
  { method, url, headers }: Pick<GivenRequest, 'method' | 'url' | 'headers'>,
  { older, ...rules }: ResolvedScope,
  { credentials, date, expires }: PresignMeans,
): Presigned | Promise<Presigned> {
  const request = { method, url, headers }
  if (/^wss?:/i.test(url)) {
    const options = { ...rules, credentials, date, expiresIn: expires ?? FIVE_MINUTES }
    return presignSocket(request, { ...options, older })
  }
  const options = { credentials, date, expiresIn: expires ?? HOUR }
  if (older === undefined) return presignUrl(request, { ...rules, ...options })
  return import('../request/sign-older.ts').then(({ presignOlder }) => presignOlder(older, request, options))
}

/** Presigns what opens a socket. */
async function presignSocket(
  { method, url, headers }: Pick<GivenRequest, 'method' | 'url' | 'headers'>,
  { older, ...options }: PresignWebSocketOptions & { readonly older: ResolvedScope['older'] },
): Promise<PresignedUrl> {
  if (method !== 'GET' || headers.length > 0 || older !== undefined) {
    throw new CommandError('USAGE', 'A WebSocket opens with a GET without headers, signed with version 4', {
      why: 'browsers send nothing else',
      fix: 'leave out -X, -H and --algorithm',
    })
  }
  const { presignWebSocket } = await import('countersign/streaming')
  try {
    return presignWebSocket(url, options)
  } catch (error) {
    if (!(error instanceof CountersignError) || error.code !== 'EXPIRY_INVALID') throw error
    throw new CommandError('EXPIRY_INVALID', 'This is no lifetime for the URL of this WebSocket', {
      why: error.message.replace('expiresIn', '--expires'),
      fix: 'give --expires from 1s to 5m; the socket may stay open for longer',
    })
  }
}

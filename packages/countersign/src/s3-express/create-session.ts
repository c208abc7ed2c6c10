/**
 * Asks S3 for a session: once, without following anybody elsewhere, for a limited time and a limited answer.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateSession.html}
 * @module
 */
import type { Header } from '../core/canonical-headers.ts'
import type { Credentials, KeyCredentials } from '../credentials/credentials.ts'
import { CredentialsError } from '../errors.ts'
import { sendOnce, type SendFunction, type SendTerms } from '../sign/send-once.ts'
import { signRequest } from '../sign/sign-request.ts'
import { parseSession, readElement, type ExpressSession } from './session.ts'

/** Sends a request; the runtime's own `fetch` is one. */
export type SessionFetch = SendFunction

/** How sessions are asked for. */
export interface SessionTerms extends SendTerms {
  readonly service: string
  readonly region: string | undefined
  /** Sent and signed. */
  readonly headers: readonly Header[]
  readonly now: () => Date
}

/**
 * Asks for the session of a bucket.
 *
 * @param bucketUrl ends in `/`
 * @throws {@link CredentialsError} `SESSION_REFUSED`, `SESSION_UNAVAILABLE`, `SESSION_INVALID`
 * @throws {@link SigningError} `SCOPE_UNKNOWN`
 */
export async function createSession(
  bucketUrl: string,
  credentials: Credentials | KeyCredentials,
  { service, region, headers, now, ...transport }: SessionTerms,
): Promise<ExpressSession> {
  const signed = signRequest(
    { method: 'GET', url: `${bucketUrl}?session`, headers },
    { credentials, service, region, date: now() },
  )
  const { status, text } = await sendOnce(
    signed,
    transport,
    (why) => new CredentialsError('SESSION_UNAVAILABLE', `S3 ${why} when it was asked for a session`),
  )
  if (status === 200) return parseSession(text, now())
  // The code alone: the message of a mismatch quotes the request, session token included.
  const code = /^[A-Za-z.]{1,64}$/.exec(readElement(text, 'Code') ?? '')?.[0] ?? ''
  const isRefusal = status < 500 && status !== 429 && code !== 'SlowDown'
  throw new CredentialsError(
    isRefusal ? 'SESSION_REFUSED' : 'SESSION_UNAVAILABLE',
    `S3 gave no session: ${`${status} ${code}`.trim()}`,
  )
}

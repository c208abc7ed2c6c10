/**
 * Asks STS for temporary credentials, with a form as the query protocol has it.
 *
 * @see {@link https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html}
 * @module
 */
import { utf8 } from '../core/bytes.ts'
import type { AnyCredentials, Credentials, KeyCredentials } from '../credentials/credentials.ts'
import { SigningError, StsError } from '../errors.ts'
import { readUrl } from '../sign/read-url.ts'
import { assertSecret } from '../sign/secret-transport.ts'
import { sendOnce, type OutgoingRequest } from '../sign/send-once.ts'
import { signRequest } from '../sign/sign-request.ts'
import { stsHostOf } from '../tokens/sts-hosts.ts'
import { readCredentials } from './sts-reply.ts'
import type { StsOptions } from './sts-options.ts'

/** Parameters of an action; those that are `undefined` are left out. */
export type StsParameters = Iterable<readonly [name: string, value: string | number | undefined]>

/** The question. */
export interface StsQuestion {
  readonly action: string
  readonly parameters: StsParameters
  /** Who signs it; the token of a web identity needs nobody. */
  readonly caller: Credentials | KeyCredentials | 'nobody'
  /** Texts of the parameters that no message may repeat. */
  readonly secrets?: readonly string[] | undefined
}

const VERSION = '2011-06-15'
const CONTENT_TYPE = 'application/x-www-form-urlencoded; charset=utf-8'
const DEFAULT_TIMEOUT = 10

/**
 * The URL of the STS that is asked.
 *
 * @throws {@link SigningError} `OPTION_INVALID`, `URL_INVALID`, `PLAIN_HTTP_REFUSED`
 */
export function resolveEndpoint({ region, endpoint, allowPlainHttp, duration }: StsOptions): string {
  if (!region) throw new SigningError('OPTION_INVALID', 'STS needs the option region')
  if (duration !== undefined && !(Number.isSafeInteger(duration) && duration > 0)) {
    throw new SigningError('OPTION_INVALID', 'duration must be a whole number of seconds')
  }
  if (endpoint === undefined) return `https://${stsHostOf(region)}/`
  const url = readUrl(endpoint)
  assertSecret(url, allowPlainHttp, 'The keys that STS gives')
  if (url.query + url.fragment !== '')
    throw new SigningError('OPTION_INVALID', 'The endpoint of STS has no query')
  return `${url.scheme}://${url.host}${url.path}`
}

/**
 * Asks.
 *
 * @param url of {@link resolveEndpoint}
 * @throws {@link StsError} `STS_REFUSED`, `STS_UNAVAILABLE`, `STS_REPLY_INVALID`
 * @throws what signing throws
 */
export async function askSts(url: string, question: StsQuestion, options: StsOptions): Promise<Credentials> {
  const { action, parameters, caller, secrets = [] } = question
  const form = new URLSearchParams({ Action: action, Version: VERSION })
  for (const [name, value] of parameters) if (value !== undefined) form.append(name, String(value))
  const request: OutgoingRequest = {
    method: 'POST',
    url,
    headers: [['content-type', CONTENT_TYPE]],
    body: utf8(form.toString()),
  }
  // A caller who has no credentials after all is refused by the signer: nothing of theirs goes out unsigned.
  const { request: sent, secrets: ours } =
    caller === 'nobody' ? { request, secrets: [] } : sign(request, caller, options)
  const { fetch, timeout = DEFAULT_TIMEOUT } = options
  const reply = await sendOnce(
    sent,
    { fetch, timeout },
    (why) => new StsError('STS_UNAVAILABLE', `STS ${why} at ${readUrl(url).host}`),
  )
  return readCredentials(action, reply, [...secrets, ...ours])
}

function sign(
  request: OutgoingRequest,
  credentials: Credentials | KeyCredentials,
  { region, now = () => new Date() }: StsOptions,
): { request: OutgoingRequest; secrets: readonly string[] } {
  const signed = signRequest(request, { credentials, service: 'sts', region, date: now() })
  const { sessionToken, secretAccessKey }: Partial<AnyCredentials> = credentials
  const secrets = [signed.signature, sessionToken, secretAccessKey].filter((text) => text !== undefined)
  return { request: signed, secrets: secrets.filter((text) => text !== '') }
}

/**
 * Reads what STS answers: temporary credentials, or an error.
 *
 * @see {@link https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html}
 * @module
 */
import { assertCredentials, type Credentials } from '../credentials/credentials.ts'
import { StsError } from '../errors.ts'
import { readCommonDate } from '../sign/common-date.ts'
import type { Reply } from '../sign/send-once.ts'
import { onlyChild, parseStrictXml, type XmlElement } from './strict-xml.ts'

/** Longest message of STS that is handed on. */
const MAX_MESSAGE = 500
const CODE = /^[A-Za-z.]{1,64}$/
const REQUEST_ID = /^[\w-]{1,64}$/
// Answers that say nothing about the request.
const OVERLOADED = /^(?:Throttl|RequestLimit|TooManyRequests|ServiceUnavailable|InternalFailure|SlowDown)/

/**
 * Reads the credentials of an answer.
 *
 * @param secrets texts of the request that no message may repeat
 * @throws {@link StsError} `STS_REFUSED`, `STS_UNAVAILABLE`, `STS_REPLY_INVALID`
 */
export function readCredentials(
  action: string,
  { status, text }: Reply,
  secrets: readonly string[],
): Credentials {
  const document = parseStrictXml(text)
  if (status !== 200) throw refusal(status, document, secrets)
  const result = document?.name === `${action}Response` ? onlyChild(document, `${action}Result`) : undefined
  const parts = onlyChild(result, 'Credentials')
  const [accessKeyId, secretAccessKey, sessionToken, end] = [
    'AccessKeyId',
    'SecretAccessKey',
    'SessionToken',
    'Expiration',
  ].map((name) => onlyChild(parts, name)?.text)
  const expiration = readCommonDate(end ?? '')
  if (!accessKeyId || !secretAccessKey || !sessionToken || !expiration) throw invalid(action, status)
  const credentials = { accessKeyId, secretAccessKey, sessionToken, expiration }
  try {
    assertCredentials(credentials)
  } catch {
    throw invalid(action, status)
  }
  return credentials
}

function invalid(action: string, status: number): StsError {
  return new StsError(
    'STS_REPLY_INVALID',
    `The answer to ${action} is not one of STS, or has no usable keys, token and expiration`,
    { status },
  )
}

function refusal(status: number, document: XmlElement | undefined, secrets: readonly string[]): StsError {
  if (status < 400) {
    return new StsError('STS_REPLY_INVALID', 'STS answered with a redirect, which it never does', { status })
  }
  // Some stores with an STS of their own leave the outer element away.
  const error = document?.name === 'Error' ? document : onlyChild(document, 'Error')
  const text = (element: XmlElement | undefined, name: string): string => onlyChild(element, name)?.text ?? ''
  const awsCode = CODE.exec(text(error, 'Code'))?.[0] ?? ''
  const message = text(error, 'Message')
  const requestId = REQUEST_ID.exec(text(document, 'RequestId') || text(error, 'RequestId'))?.[0] ?? ''
  const isAnswer = status < 500 && status !== 429 && !OVERLOADED.test(awsCode)
  // It names who may not assume which role. That of a mismatch quotes the request, session token included.
  const isFit = message.length <= MAX_MESSAGE && /^[ -~]+$/.test(message)
  const isDiscreet = isFit && !secrets.some((secret) => message.includes(secret))
  const facts = `${status} ${awsCode}`.trim() + (isDiscreet ? `: ${message}` : '')
  return new StsError(
    isAnswer ? 'STS_REFUSED' : 'STS_UNAVAILABLE',
    isAnswer ? `STS gave no credentials: ${facts}` : `STS answered ${facts}`,
    { awsCode, status, requestId },
  )
}

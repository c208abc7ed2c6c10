/**
 * Verifying: what is let in, what is refused and how it is answered, and reports on either.
 *
 * @module
 */
import { presignUrl, signRequest } from 'countersign'
import {
  createReplayGuard,
  createVerifier,
  explainRequest,
  awsJson,
  queryXml,
  restJson,
  s3Xml,
  VerificationError,
  type RequestMessage,
  type Verifier,
} from 'countersign/verify'
import { CREDENTIALS, DATE, now, secrets } from './inputs.ts'
import { collect, describeOutput, utf8 } from './output.ts'
import type { Case } from './suite.ts'

const SCOPE = { service: 'orders', region: 'local' }
const ORIGIN = 'https://orders.example'
const TARGET = '/a%20b?x=1&x=0'
const options = { credentials: CREDENTIALS, date: DATE, ...SCOPE }

function signedMessage(body = 'hello'): RequestMessage & { body: Uint8Array } {
  const { method, headers } = signRequest({ method: 'POST', url: ORIGIN + TARGET, body }, options)
  return { method, target: TARGET, headers, body: utf8(body) }
}

function presignedMessage(): RequestMessage {
  const { method, url } = presignUrl({ method: 'GET', url: ORIGIN + TARGET }, options)
  return { method, target: url.slice(ORIGIN.length), headers: [['host', 'orders.example']] }
}

/** What a server would know and answer. */
async function judge(verifier: Verifier<string>, message: RequestMessage): Promise<unknown> {
  try {
    const { body, ...verified } = await verifier.verify(message)
    return { verified, body: body && (await collect(body)) }
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    const answers = [s3Xml, queryXml, awsJson, restJson].map((respond) => {
      const { headers, ...answer } = respond(error, { requestId: '1' })
      // Another one each time.
      const hostId = headers.find(([name]) => name === 'x-amz-id-2')?.[1] ?? 'none'
      return describeOutput({ headers, ...answer }).replaceAll(hostId, 'host id')
    })
    return { code: error.code, message: error.message, facts: error.facts, answers }
  }
}

const withHeader = (message: RequestMessage, name: string, value: string): RequestMessage => ({
  ...message,
  headers: message.headers.map(([given, old]) => [given, given === name ? value : old]),
})

const MESSAGES: readonly (readonly [string, () => RequestMessage])[] = [
  ['signed in its headers', signedMessage],
  ['signed in its URL', presignedMessage],
  ['unsigned', () => ({ method: 'GET', target: '/', headers: [['host', 'orders.example']] })],
  ['another body', () => ({ ...signedMessage(), body: utf8('hellO') })],
  ['another path', () => ({ ...signedMessage(), target: '/a%20c?x=1&x=0' })],
  ['another query', () => ({ ...presignedMessage(), method: 'PUT' })],
  ['another day', () => withHeader(signedMessage(), 'x-amz-date', '20261121T123456Z')],
  [
    'a header twice',
    () => {
      const message = signedMessage()
      return { ...message, headers: [...message.headers, ['host', 'orders.example']] }
    },
  ],
  [
    'an authorization cut short',
    () => withHeader(signedMessage(), 'authorization', 'AWS4-HMAC-SHA256 Credential=A/'),
  ],
  [
    'a body that comes in pieces',
    () => {
      const message = signedMessage('x'.repeat(100_000))
      const pieces = async function* () {
        for (let at = 0; at < 100_000; at += 999) yield message.body.subarray(at, at + 999)
      }
      return { ...message, body: pieces() }
    },
  ],
]

/** All of them. */
export function verifyingCases(): Case[] {
  const verifier = createVerifier({ ...SCOPE, secrets, now })
  return [
    ...MESSAGES.map(([name, message]) => ({
      name: `verify: ${name}`,
      run: () => judge(verifier, message()),
    })),
    ...MESSAGES.slice(0, -1).map(([name, message]) => ({
      name: `explain: ${name}`,
      run: () => {
        const whole = message() as RequestMessage & { body?: Uint8Array }
        return explainRequest(whole, { ...SCOPE, now, key: CREDENTIALS })
      },
    })),
    {
      name: 'verify: the same URL twice',
      run: async () => {
        const guarded = createVerifier({ ...SCOPE, secrets, now, replayGuard: createReplayGuard() })
        return [await judge(guarded, presignedMessage()), await judge(guarded, presignedMessage())]
      },
    },
  ]
}

/**
 * Expectations of attacks that hold for the library and, with the same message, for real servers behind it: over
 * HTTP/1.1 and, where a test asks for it, over HTTP/2, wherever the message can be sent at all.
 *
 * @module
 */
import { afterAll, expect } from 'vitest'
import type {
  VerificationError,
  RequestMessage,
  VerificationErrorCode,
  VerifiedRequest,
  VerifierOptions,
} from '../../packages/countersign/src/verify/index.ts'
import {
  isSendable,
  startHttp1,
  startHttp2,
  type GuardedSocket,
  type Transport,
  type WireOutcome,
} from './guarded-sockets.ts'
import {
  expectLetIn as expectLetInHere,
  expectRefused as expectRefusedHere,
  verifierFor,
  type SentMessage,
} from './messages.ts'

type Options = Partial<VerifierOptions<string>>

/** Every protocol. */
export const TRANSPORTS: readonly Transport[] = ['http1', 'http2']
/** What the many variants of an attack are sent over; HTTP/2 differs in the head alone, and takes twice the time. */
const HTTP1: readonly Transport[] = ['http1']
const sockets = new Map<Transport, Promise<GuardedSocket>>()
afterAll(async () => {
  for (const socket of sockets.values()) await (await socket).close()
  sockets.clear()
})

/** The server of a protocol, started for the first message. */
export async function socketOf(transport: Transport): Promise<GuardedSocket> {
  const open = sockets.get(transport) ?? (transport === 'http1' ? startHttp1() : startHttp2())
  sockets.set(transport, open)
  return open
}

/** Sends a message over those protocols that can carry it, and gives them. */
async function send(
  message: RequestMessage,
  options: Options | undefined,
  transports: readonly Transport[],
  check: (outcome: WireOutcome, transport: Transport) => void,
): Promise<readonly Transport[]> {
  const { body, ...head } = message
  if (body !== undefined && !(body instanceof Uint8Array)) return []
  const sent: SentMessage = { ...head, body }
  const fitting = transports.filter((transport) => isSendable(sent, transport))
  for (const transport of fitting) {
    check(await (await socketOf(transport)).send(sent, verifierFor(options)), transport)
  }
  return fitting
}

/** Expects of servers that they refuse a message, with a code of ours and one of AWS. */
export async function expectRefusedOverSockets(
  message: RequestMessage,
  { code, awsCode }: Pick<VerificationError, 'code' | 'awsCode'>,
  options?: Options,
  transports = HTTP1,
): Promise<readonly Transport[]> {
  return send(message, options, transports, ({ verified, refusal, answer }, transport) => {
    const seen = {
      transport,
      isServed: verified !== undefined,
      code: refusal?.code,
      awsCode: refusal?.awsCode,
    }
    expect(seen).toEqual({ transport, isServed: false, code, awsCode })
    if (message.method !== 'HEAD') expect(answer).toMatch(new RegExp(`<Code>${awsCode}</Code>|late$`))
  })
}

/** Expects of servers that they let a message in. */
export async function expectLetInOverSockets(
  message: RequestMessage,
  options?: Options,
  transports = HTTP1,
): Promise<readonly Transport[]> {
  return send(message, options, transports, ({ verified, refusal }, transport) => {
    expect({ transport, refusal, principal: verified?.principal }).toEqual({ transport, principal: 'alice' })
  })
}

/** Expects a refusal by its own code and that of AWS, of the library and of servers. */
export async function expectRefused(
  message: RequestMessage,
  code: VerificationErrorCode,
  awsCode: string,
  options?: Options,
): Promise<VerificationError> {
  const error = await expectRefusedHere(message, code, awsCode, options)
  await expectRefusedOverSockets(message, error, options)
  return error
}

/** Expects a request to be let in, by the library and by servers. */
export async function expectLetIn(
  message: RequestMessage,
  options?: Options,
): Promise<VerifiedRequest<string>> {
  const verified = await expectLetInHere(message, options)
  await expectLetInOverSockets(message, options)
  return verified
}

/**
 * An STS on loopback: it knows `GetCallerIdentity` alone, and verifies its signature as any server does. What it is
 * reached through takes the place of `fetch`.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { Agent, fetch, type RequestInit as UndiciInit } from 'undici'
import type { ProofFetch } from '../../packages/countersign/src/identity-proof/index.ts'
import {
  createVerifier,
  queryXml,
  VerificationError,
  type Found,
  type Verifier,
} from '../../packages/countersign/src/verify/index.ts'
import { startServer } from './servers.ts'

/** Who an access key belongs to. */
export interface Caller {
  readonly account: string
  readonly arn: string
  readonly userId: string
}

/** What is answered. */
export interface Answer {
  readonly status?: number
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

/** A request as it came. */
export interface Asked {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The server. */
export interface StsServer {
  readonly port: number
  readonly fetch: ProofFetch
  /** Everything that it was asked, in order. */
  readonly asked: Asked[]
  /** Answers in the place of STS, when set. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined
  /** What is answered to a good signature. */
  reply: (caller: Caller) => Answer
  close(): Promise<void>
}

/** The answer in JSON. */
export function jsonReply({ account, arn, userId }: Caller): Answer {
  const body = {
    GetCallerIdentityResponse: {
      GetCallerIdentityResult: { Account: account, Arn: arn, UserId: userId },
      ResponseMetadata: { RequestId: '01234567-89ab-cdef-0123-456789abcdef' },
    },
  }
  return { type: 'application/json', body: JSON.stringify(body) }
}

/** The answer in XML, indented as STS does. */
export function xmlReply({ account, arn, userId }: Caller): Answer {
  const body = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>${arn}</Arn>
    <UserId>${userId}</UserId>
    <Account>${account}</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata>
    <RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId>
  </ResponseMetadata>
</GetCallerIdentityResponse>
`
  return { type: 'text/xml', body }
}

/** Keys that the server knows. */
export type Keys = ReadonlyMap<string, { readonly found: Found; readonly caller: Caller }>

/** Starts the server. */
export async function startSts(keys: Keys, now: () => Date): Promise<StsServer> {
  const verifier = createVerifier<Caller>({
    secrets: (id) => {
      const known = keys.get(id)
      return known && { ...known.found, principal: known.caller }
    },
    service: 'sts',
    region: '*',
    maxClockSkew: 900,
    now,
  })
  const { port, close } = await startServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const body = Buffer.concat(chunks)
      sts.asked.push({
        method: request.method ?? '',
        target: request.url ?? '',
        headers: request.headers as Record<string, string>,
        body: body.toString(),
      })
      if (sts.answer) sts.answer(request, response)
      else send(response, await answerTo(request, body, verifier, sts.reply))
    })()
  })
  // Every name leads here, and what would be encrypted is not.
  const dispatcher = new Agent({
    connect: (_, callback) => {
      const socket = connect(port, '127.0.0.1', () => callback(null, socket))
    },
  })
  const sts: StsServer = {
    port,
    asked: [],
    answer: undefined,
    reply: jsonReply,
    async close() {
      await dispatcher.destroy()
      await close()
    },
    async fetch(url, init) {
      return (await fetch(url, { ...(init as UndiciInit), dispatcher })) as Response
    },
  }
  return sts
}

async function answerTo(
  request: IncomingMessage,
  body: Buffer,
  verifier: Verifier<Caller>,
  reply: (caller: Caller) => Answer,
): Promise<Answer> {
  const headers: [string, string][] = []
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    headers.push([request.rawHeaders[index]!, request.rawHeaders[index + 1]!])
  }
  try {
    const { principal } = await verifier.verify({
      method: request.method ?? '',
      target: request.url ?? '',
      headers,
      body,
    })
    return reply(principal!)
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    const refused = queryXml(error)
    return { status: refused.status, type: 'text/xml', body: refused.body }
  }
}

function send(response: ServerResponse, { status = 200, type = '', headers = {}, body }: Answer): void {
  response.writeHead(status, { 'content-type': type, ...headers }).end(body)
}

/**
 * A directory bucket on loopback: it answers `CreateSession`, and takes nothing else but what the keys of a session
 * have signed. What it is reached through by the names of AWS's hosts takes the place of `fetch`.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent, fetch, type RequestInit as UndiciInit } from 'undici'
import type { SessionFetch } from '../../packages/countersign/src/s3-express/index.ts'
import {
  createVerifier,
  s3Xml,
  VerificationError,
  type Found,
} from '../../packages/countersign/src/verify/index.ts'
import { startServer } from './servers.ts'

/** A session that was given out. */
export interface GivenSession {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly token: string
  readonly expiration: Date
  /** Host and path of the bucket. */
  readonly bucket: string
  readonly mode: string | undefined
  /** Whose credentials it was asked for with. */
  readonly owner: string
  readonly headers: readonly (readonly [string, string])[]
}

/** What a store knows and does. */
export interface StoreTerms {
  readonly owners: Readonly<Record<string, Found>>
  readonly now: () => Date
  /** Life of a session, in seconds. */
  readonly life?: number
  /** Takes the place of an answer to `CreateSession`. */
  readonly answerSession?: (count: number) => { status: number; body: string; location?: string } | undefined
  /** What answers to sessions wait for. */
  readonly gate?: () => Promise<void>
}

/** A store that listens. */
export interface ExpressStore {
  readonly origin: string
  readonly port: number
  readonly sessions: readonly GivenSession[]
  /** Reaches any host at this store. */
  readonly fetch: SessionFetch
  close(): Promise<void>
}

/** Starts a store. */
export async function startExpressStore(terms: StoreTerms): Promise<ExpressStore> {
  const { owners, now, life = 300 } = terms
  const sessions: GivenSession[] = []
  let asked = 0
  const common = { service: 's3express', region: '*' as const, now, maxBufferedBody: 1 << 20 }
  const forOwners = createVerifier({ ...common, secrets: (id) => owners[id] })
  const forSessions = createVerifier({
    ...common,
    // The token of a session stands under a name of its own, and is looked at below.
    secrets: (id) => sessions.find(({ accessKeyId }) => accessKeyId === id),
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: target = '' } = request
    const headers = headersOf(request)
    const message = { method, target, headers, body: request }
    const bucket = `${request.headers.host ?? ''}${/^\/[^/?]*--x-s3/.exec(target)?.[0] ?? ''}`
    if (/[?&]session=?$/.test(target)) {
      const { accessKeyId } = await forOwners.verify(message)
      asked++
      await terms.gate?.()
      const own = terms.answerSession?.(asked)
      if (own) {
        response.writeHead(own.status, own.location ? { location: own.location } : {}).end(own.body)
        return
      }
      const session = {
        accessKeyId: `ASIASESSION${sessions.length}`,
        secretAccessKey: `secret/of+session=${sessions.length}`,
        token: `token+of/session==${sessions.length}`,
        expiration: new Date(now().getTime() + life * 1000),
        bucket,
        mode: headers.find(([name]) => name === 'x-amz-create-session-mode')?.[1],
        owner: accessKeyId,
        headers,
      }
      sessions.push(session)
      response.writeHead(200, { 'content-type': 'application/xml' }).end(sessionXml(session))
      return
    }
    const verified = await forSessions.verify(message)
    for await (const _ of verified.body ?? []);
    const session = sessions.find(({ accessKeyId }) => accessKeyId === verified.accessKeyId)
    const query = new URLSearchParams(target.split('?')[1]?.replaceAll('+', '%2B'))
    const inHeader = headers.filter(([name]) => name === 'x-amz-s3session-token').map(([, value]) => value)
    const tokens = [...inHeader, ...query.getAll('X-Amz-S3session-Token')]
    const isSigned = inHeader.length === 0 || verified.signedHeaders.includes('x-amz-s3session-token')
    const isStray = /x-amz-security-token/i.test([...headers.map(([name]) => name), ...query.keys()].join())
    const isGood =
      tokens.length === 1 &&
      session !== undefined &&
      tokens[0] === session.token &&
      session.bucket === bucket &&
      session.expiration > now() &&
      isSigned &&
      !isStray
    response.writeHead(isGood ? 200 : 403).end(isGood ? `${method} ${target.split('?')[0]}` : 'InvalidToken')
  }

  const server = await startServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!(error instanceof VerificationError)) throw error
      const { status, headers, body } = s3Xml(error)
      response.writeHead(status, headers.flat()).end(body)
    })
  })
  const agent = new Agent({
    connect: {
      lookup: (_host, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]),
    },
  })
  return {
    origin: server.origin,
    port: server.port,
    sessions,
    async fetch(url, init) {
      const { signal, ...rest } = init
      const there = await fetch(url, { ...(rest as UndiciInit), signal: signal ?? null, dispatcher: agent })
      return new Response(there.status === 204 ? null : await there.arrayBuffer(), { status: there.status })
    },
    async close() {
      await agent.close()
      await server.close()
    },
  }
}

function headersOf({ rawHeaders }: IncomingMessage): (readonly [string, string])[] {
  return rawHeaders.flatMap((name, i) => (i % 2 ? [] : [[name, rawHeaders[i + 1] ?? ''] as const]))
}

function sessionXml({ accessKeyId, secretAccessKey, token, expiration }: GivenSession): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<CreateSessionResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Credentials>
<SessionToken>${token}</SessionToken><SecretAccessKey>${secretAccessKey}</SecretAccessKey>
<AccessKeyId>${accessKeyId}</AccessKeyId><Expiration>${expiration.toISOString().replace(/\.\d+/, '')}</Expiration>
</Credentials></CreateSessionResult>`
}

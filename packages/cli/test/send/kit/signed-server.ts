/**
 * Servers that let only signed requests through, and remember what reached them.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { sigV4A } from 'countersign/sigv4a'
import {
  createVerifier,
  s3Xml,
  sigV4,
  type ErrorResponse,
  type VerificationError,
  type VerifierOptions,
} from 'countersign/verify'
import { requireSignature, verifiedOf } from 'countersign/servers/node'
import { startServer } from '../../../../../test/kit/servers.ts'
import { KEY } from '../../kit/run-command.ts'

/** A request that was verified. */
export interface Seen {
  readonly method: string
  /** Raw. */
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
}

/** Answers a request that was verified. */
export type Answer = (seen: Seen, response: ServerResponse) => void

/** A server that listens. */
export interface SignedServer {
  readonly origin: string
  readonly port: number
  /** The requests that were let through. */
  readonly seen: Seen[]
  /** Codes of the refusals. */
  readonly refused: string[]
  close(): Promise<void>
}

/** How to serve. */
export interface ServerOptions {
  readonly service?: string | readonly string[]
  readonly region?: string
  /** By default those of version 4. */
  readonly algorithms?: VerifierOptions['algorithms']
  readonly answer?: Answer
  readonly respond?: (error: VerificationError) => ErrorResponse
  readonly now?: () => Date
  /** Whether a client has to show its certificate; makes it a server of TLS. */
  readonly tls?: 'plain' | 'mutual'
}

const GIB = 1024 ** 3

/** A file of the folder of certificates. */
export function tlsFile(name: string): string {
  return new URL(`../tls/${name}`, import.meta.url).pathname
}

/** Starts a server. It answers 200 with the body `ok` unless told otherwise. */
export async function startSignedServer(options: ServerOptions = {}): Promise<SignedServer> {
  const {
    service = 's3',
    region = 'us-east-1',
    algorithms = [sigV4, sigV4A],
    answer = (_, response) => response.end('ok'),
    respond = s3Xml,
    now,
    tls,
  } = options
  const seen: Seen[] = []
  const refused: string[] = []
  const verifier = createVerifier({
    secrets: (id) => ({
      secretAccessKey: KEY.AWS_SECRET_ACCESS_KEY,
      ...(id.startsWith('ASIA') ? { sessionToken: () => true } : {}),
    }),
    service,
    region,
    algorithms,
    maxBytes: GIB,
    maxBufferedBody: 1024 * 1024,
    unsignedPayload: 'https-only',
    ...(now ? { now } : {}),
  })
  const guard = requireSignature(verifier, { respond, onRefused: ({ code }) => refused.push(code) })
  const record = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const one = await readSeen(request)
    seen.push(one)
    answer(one, response)
  }
  const listener: RequestListener = (request, response) => {
    guard(request, response, (error) => {
      // A client that went away in the middle of its body has nobody to be answered.
      if (error === undefined) void record(request, response)
      else request.destroy()
    })
  }
  const { origin, port, close } = tls ? await startTls(listener, tls) : await startServer(listener)
  return { origin, port, seen, refused, close }
}

async function readSeen(request: IncomingMessage): Promise<Seen> {
  const chunks: Uint8Array[] = []
  for await (const chunk of verifiedOf(request).body ?? []) chunks.push(chunk)
  const headers: [string, string][] = []
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    headers.push([request.rawHeaders[i]!, request.rawHeaders[i + 1]!])
  }
  return { method: request.method!, target: request.url!, headers, body: Buffer.concat(chunks) }
}

async function startTls(
  listener: RequestListener,
  kind: 'plain' | 'mutual',
): Promise<{ origin: string; port: number; close(): Promise<void> }> {
  const server = createServer(
    {
      cert: readFileSync(tlsFile('server.pem')),
      key: readFileSync(tlsFile('server-key.pem')),
      ca: readFileSync(tlsFile('ca.pem')),
      requestCert: kind === 'mutual',
      rejectUnauthorized: kind === 'mutual',
    },
    listener,
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `https://localhost:${port}`,
    port,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Value of a header that was sent. */
export function sent({ headers }: Seen, name: string): string | undefined {
  return headers.find(([other]) => other.toLowerCase() === name)?.[1]
}

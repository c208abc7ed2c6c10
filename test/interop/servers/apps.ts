/**
 * The same small application in every framework: behind a guard, it tells what was verified of a request, and the body
 * as the framework reads it after the guard.
 *
 * @module
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import type {
  ErrorResponse,
  VerificationError,
  VerifiedRequest,
} from '../../../packages/countersign/src/verify/index.ts'
import type { Verifier } from '../../../packages/countersign/src/verify/index.ts'
import {
  isVerifiedForm,
  requireSignature as guardFastify,
  verifiedFormOf,
  verifiedOf,
  type VerifyForm,
} from '../../../packages/countersign/src/servers/fastify.ts'
import { requireSignature as guardFetch } from '../../../packages/countersign/src/servers/fetch.ts'
import { requireSignature as guardHono } from '../../../packages/countersign/src/servers/hono.ts'
import { requireSignature as guardKoa } from '../../../packages/countersign/src/servers/koa.ts'
import {
  requireSignature as guardNode,
  type TrustedProxies,
} from '../../../packages/countersign/src/servers/node.ts'
import { startServer, type Listening } from '../../kit/servers.ts'

/** Options that every guard takes. */
export interface AppOptions {
  readonly respond?: (error: VerificationError) => ErrorResponse
  readonly onRefused?: (error: VerificationError) => void
  readonly trustedProxies?: TrustedProxies
  readonly forms?: VerifyForm
}

type FetchCallback = Parameters<typeof getRequestListener>[0]

/** Starts an application. */
export type StartApp = (verifier: Verifier, options?: AppOptions) => Promise<Listening<unknown>>

async function textOf(body: AsyncIterable<Uint8Array> | undefined): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body ?? []) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function tell({ principal, covered, payload }: VerifiedRequest, body: string): Record<string, unknown> {
  return { principal, path: covered.path, query: covered.query, payload, body }
}

async function startExpress(verifier: Verifier, options: AppOptions = {}): Promise<Listening<unknown>> {
  const app = express()
  app.use(guardNode(verifier, options))
  app.use((request: IncomingMessage, response: ServerResponse) => {
    const answer = async (): Promise<string> => {
      const form = await tellForm(request)
      if (form) return form
      const verified = verifiedOf(request)
      return JSON.stringify(tell(verified, await textOf(verified.body)))
    }
    void answer().then((text) => response.end(text))
  })
  app.use(
    (_error: unknown, _request: unknown, response: { statusCode: number; end(): void }, _next: unknown) => {
      response.statusCode = 500
      response.end()
    },
  )
  return startServer(app)
}

async function startKoa(verifier: Verifier, options: AppOptions = {}): Promise<Listening<unknown>> {
  const app = new Koa()
  app.silent = true
  app.use(guardKoa(verifier, options))
  app.use(async (context) => {
    const form = await tellForm(context)
    if (form) {
      context.body = form
      return
    }
    const verified = verifiedOf(context)
    context.body = JSON.stringify(tell(verified, await textOf(verified.body)))
  })
  return startServer(app.callback())
}

async function startFastify(verifier: Verifier, options: AppOptions = {}): Promise<Listening<unknown>> {
  const app = Fastify()
  app.addHook('preParsing', guardFastify(verifier, options))
  // Fastify parses JSON and texts by itself, and wants to be told what to do with the rest.
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.all('*', async (request, reply) => {
    const form = await tellForm(request)
    if (form) return reply.send(form)
    const { body } = request
    const text = typeof body === 'string' ? body : body ? JSON.stringify(body) : ''
    return reply.send(JSON.stringify(tell(verifiedOf(request), text)))
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  return { server: app, port, origin: `http://127.0.0.1:${port}`, close: () => app.close() }
}

async function startHono(verifier: Verifier, options: AppOptions = {}): Promise<Listening<unknown>> {
  const app = new Hono()
  app.use(guardHono(verifier, options))
  app.all('*', async (c) => {
    const form = await tellForm(c)
    return form ? c.body(form) : c.json(tell(verifiedOf(c), await c.req.text()))
  })
  app.onError((_error, c) => c.body(null, 500))
  return startServer(listenerOf((request, env) => app.fetch(request, env)))
}

async function startFetch(verifier: Verifier, options: AppOptions = {}): Promise<Listening<unknown>> {
  const handler = guardFetch(verifier, { ...options, remoteAddress: () => '127.0.0.1' })(async (request) => {
    const form = await tellForm(request)
    return form ? new Response(form) : Response.json(tell(verifiedOf(request), await request.text()))
  })
  return startServer(listenerOf(async (request) => handler(request)))
}

function listenerOf(serve: FetchCallback): RequestListener {
  const listener = getRequestListener(serve, { errorHandler: () => new Response(null, { status: 500 }) })
  return (request, response) => void listener(request, response)
}

/** What a handler makes of an upload form; nothing of another request. */
async function tellForm(request: object): Promise<string | undefined> {
  if (!isVerifiedForm(request)) return undefined
  const { principal, bucket, key, file } = verifiedFormOf(request)
  return JSON.stringify({ principal, bucket, key, file: await textOf(file) })
}

/** Those that read requests as they stood on the wire. */
export const RAW_APPS: readonly (readonly [name: string, start: StartApp])[] = [
  ['Express', startExpress],
  ['Koa', startKoa],
  ['Fastify', startFastify],
  ['Hono on Node', startHono],
]

/** Those that read web-standard requests. */
export const WEB_APPS: readonly (readonly [name: string, start: StartApp])[] = [
  ['a fetch handler', startFetch],
]

import express, { type Handler } from 'express'
import Koa from 'koa'
import { afterEach, describe, expect, it } from 'vitest'
import { createSignedFetch } from '../../packages/countersign/src/adapters/fetch.ts'
import { createSigner } from '../../packages/countersign/src/index.ts'
import { requireSignature as guardKoa } from '../../packages/countersign/src/servers/koa.ts'
import { requireSignature, verifiedOf } from '../../packages/countersign/src/servers/node.ts'
import { createVerifier } from '../../packages/countersign/src/verify/index.ts'
import { startServer, type Listening } from '../kit/servers.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
const scope = { service: 'execute-api', region: 'eu-west-1' }
const signedFetch = createSignedFetch(createSigner({ credentials, ...scope }))
const verifier = createVerifier({ secrets: () => ({ ...credentials, principal: 'me' }), ...scope })
const guard = requireSignature(verifier)

let server: Listening<unknown> | undefined
afterEach(async () => {
  await server?.close()
})

async function serve(app: ReturnType<typeof express>): Promise<string> {
  app.use(
    (
      error: unknown,
      _request: unknown,
      response: { statusCode: number; end(text: string): void },
      _next: unknown,
    ) => {
      response.statusCode = 500
      response.end(error instanceof Error && 'code' in error ? String(error.code) : String(error))
    },
  )
  server = await startServer(app)
  return server.origin
}

describe('Express', () => {
  it('verifies the whole target below a mounted router, which sees a shorter one', async () => {
    const router = express.Router()
    router.use(guard)
    router.put('/things/:id', (request, response) => {
      const { covered, principal } = verifiedOf(request)
      response.end(JSON.stringify({ url: request.url, path: covered.path, query: covered.query, principal }))
    })
    const origin = await serve(express().use('/api/v1', router))
    const response = await signedFetch(`${origin}/api/v1/things/a%20b?x=1&x=2`, {
      method: 'PUT',
      body: 'text',
    })
    expect(await response.json()).toEqual({
      url: '/things/a%20b?x=1&x=2',
      path: '/api/v1/things/a%20b',
      query: [
        ['x', '1'],
        ['x', '2'],
      ],
      principal: 'me',
    })
  })

  it('verifies the whole target before an application of Koa that is mounted in it', async () => {
    const app = new Koa()
    app.use(guardKoa(verifier))
    app.use((context) => (context.body = verifiedOf(context).covered.path))
    const callback: Handler = app.callback()
    const origin = await serve(express().use('/k', callback))
    expect(await (await signedFetch(`${origin}/k/x?a=1`)).text()).toBe('/k/x')
  })

  it('answers what is not signed, before any handler', async () => {
    const origin = await serve(
      express()
        .use(guard)
        .get('/', (_request, response) => void response.end('in')),
    )
    const response = await fetch(origin)
    expect(response.status).toBe(403)
    expect(await response.json()).toHaveProperty('message')
  })

  it('hears of a parser of bodies that stands before the guard', async () => {
    const origin = await serve(express().use(express.json(), guard))
    const headers = { 'content-type': 'application/json' }
    const response = await signedFetch(origin, { method: 'PUT', headers, body: '{}' })
    expect([response.status, await response.text()]).toEqual([500, 'BODY_ALREADY_READ'])
  })

  it('gets the errors of a look-up', async () => {
    const failing = createVerifier({ secrets: () => Promise.reject(new Error('down')), ...scope })
    const origin = await serve(express().use(requireSignature(failing)))
    const response = await signedFetch(origin)
    expect([response.status, await response.text()]).toEqual([500, 'Error: down'])
  })
})

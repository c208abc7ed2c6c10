/** `node:http` and `node:https`. */
import { Agent } from 'node:http'
import { text as textOf } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSignedHttp } from '../../../packages/countersign/src/adapters/node-http.ts'
import { parseAwsError } from '../../../packages/countersign/src/answers/index.ts'
import { createSigner } from '../../../packages/countersign/src/index.ts'
import { describeWithTool } from '../../kit/tools.ts'
import { KEY, REGION, startTrialServer, type TrialServer } from '../../kit/trial-server.ts'
import { createCertificate } from '../certificate.ts'
import { tryHttpClient } from './try-http-client.ts'

tryHttpClient('node:http', (signer, options) => {
  const agent = new Agent({ keepAlive: true })
  const signedRequest = createSignedHttp(signer, options)
  return {
    async send({ url, ...init }) {
      const message = await signedRequest(url, { ...init, agent })
      const text = await textOf(message)
      const { statusCode: status = 0, headers } = message
      const error = status >= 400 ? parseAwsError({ status, headers, body: text }) : undefined
      return { status, text, error }
    },
    async close() {
      agent.destroy()
    },
  }
})

const signer = createSigner({ credentials: KEY, service: 'execute-api', region: REGION })

describe('a signed request', () => {
  let server: TrialServer
  beforeAll(async () => {
    server = await startTrialServer()
  })
  afterAll(async () => server.close())
  beforeEach(() => {
    server.take()
  })

  it('is signed for the URL, and sent to the address that is named', async () => {
    const signedRequest = createSignedHttp(signer)
    const { port } = server
    const message = await signedRequest('http://api.example.com/a', { host: '127.0.0.1', port })
    expect([message.statusCode, await textOf(message)]).toEqual([200, 'hello, this is /a'])
    expect(server.take()[0]!.headers['host']).toEqual(['api.example.com'])
    const named = await signedRequest(`${server.origin}/b`, { headers: { Host: 'other.example.com' } })
    expect([named.statusCode, await textOf(named)]).toEqual([200, 'hello, this is /b'])
  })

  it('throws what AWS said, when it is told to', async () => {
    const signedRequest = createSignedHttp(signer, { throwOnError: true })
    const sent = signedRequest(`${server.origin}/error/404`)
    await expect(sent).rejects.toMatchObject({
      name: 'AwsError',
      code: 'NotFoundException',
      requestId: 'id-1',
    })
  })

  it('can be looked into, and read all the same', async () => {
    const message = await createSignedHttp(signer)(`${server.origin}/error/400`)
    expect(await textOf(message)).toBe('{"message":"no such thing"}')
  })

  it('ends with the error of a stream that breaks', async () => {
    const body = (async function* () {
      yield Buffer.alloc(1000)
      throw new Error('the disk is gone')
    })()
    const headers = { 'x-amz-content-sha256': 'a'.repeat(64) }
    const sent = createSignedHttp(signer)(`${server.origin}/`, { method: 'PUT', headers, body })
    await expect(sent).rejects.toThrow('the disk is gone')
  })
})

describeWithTool('openssl', 'over TLS', () => {
  it('the certificate is that of the URL, whichever address is connected to', async () => {
    const tls = await createCertificate()
    const server = await startTrialServer({ tls })
    const signedRequest = createSignedHttp(signer, { retries: 0 })
    const { port } = server
    const message = await signedRequest('https://localhost/a', { host: '127.0.0.1', port, ca: tls.cert })
    expect([message.statusCode, await textOf(message)]).toEqual([200, 'hello, this is /a'])
    expect(server.take()[0]!.headers['host']).toEqual(['localhost'])
    const wrong = signedRequest('https://api.example.com/a', { host: '127.0.0.1', port, ca: tls.cert })
    await expect(wrong).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
    await server.close()
    tls.remove()
  })
})

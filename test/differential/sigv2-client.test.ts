/** Real clients that sign with version 2, against a server behind our verifier: botocore's for S3 and for SimpleDB. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { requireSignature, verifiedOf } from '../../packages/countersign/src/servers/node.ts'
import { createS3V2, sigV2 } from '../../packages/countersign/src/sigv2.ts'
import { createVerifier, s3Xml, type VerifierOptions } from '../../packages/countersign/src/verify/index.ts'
import { describeWithPython, run } from '../interop/programs.ts'
import { KEY_ID, SECRET, TOKEN } from '../kit/messages.ts'

const script = fileURLToPath(new URL('sigv2-client.py', import.meta.url))
const KEYS = ['a', 'a b/c+d.txt', "é/日本/~!'()*", '100%', 'a:b@c=d&e?f#g', '/lead//twice/', 'x/../y']

interface Served {
  readonly url: string
  readonly log: { method: string; algorithm: string; mechanism: string; payload: string }[]
  readonly refused: string[]
  close(): void
}

function answerTo({ method, url }: IncomingMessage): string {
  if (method === 'POST' && url === '/')
    return '<ListDomainsResponse><ListDomainsResult/></ListDomainsResponse>'
  return method === 'GET' ? '<Result/>' : ''
}

function bucketOf(host: string): string | undefined {
  return /^(.+)\.store\.example$/.exec(host)?.[1]
}

async function serve(algorithms: VerifierOptions['algorithms'], sessionToken?: string): Promise<Served> {
  const log: Served['log'] = []
  const refused: string[] = []
  const verifier = createVerifier({
    service: ['s3', 'sdb'],
    region: '*',
    algorithms,
    secrets: (id) => (id === KEY_ID ? { secretAccessKey: SECRET, sessionToken } : undefined),
  })
  const guard = requireSignature(verifier, { respond: s3Xml, onRefused: ({ code }) => refused.push(code) })
  const server = createServer((request, response) =>
    guard(request, response, () => {
      const { algorithm, mechanism, payload } = verifiedOf(request)
      log.push({ method: request.method ?? '', algorithm, mechanism, payload })
      response.writeHead(request.method === 'DELETE' ? 204 : 200, { 'content-type': 'application/xml' })
      response.end(answerTo(request))
    }),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, log, refused, close: () => void server.close() }
}

function talk(python: string, url: string, sessionToken?: string): Promise<string> {
  return run(python, [script], {
    input: JSON.stringify({ url, secretAccessKey: SECRET, sessionToken, keys: KEYS }),
  })
}

describeWithPython('botocore', 'clients of botocore that sign with version 2', (python) => {
  it.each([undefined, TOKEN])(
    'are let in, with the token %s',
    async (token) => {
      const server = await serve([createS3V2({ bucketOf }), sigV2], token)
      try {
        expect(JSON.parse(await talk(python, server.url, token))).toEqual(KEYS.map(() => 200))
        expect(server.refused).toEqual([])
        const of = (mechanism: string): number =>
          server.log.filter((entry) => entry.mechanism === mechanism).length
        expect([of('header'), of('query'), of('form')]).toEqual([KEYS.length * 4 + 4, KEYS.length, 2])
        const forms = server.log.slice(-2)
        for (const form of forms) expect(form).toMatchObject({ algorithm: 'HmacSHA256', payload: 'verified' })
      } finally {
        server.close()
      }
    },
    60_000,
  )

  it('are refused where version 2 is not listed', async () => {
    const server = await serve(undefined)
    try {
      await expect(talk(python, server.url)).rejects.toThrow('Please use AWS4-HMAC-SHA256')
      expect(server.refused).toEqual(['MECHANISM_UNSUPPORTED'])
      expect(server.log).toEqual([])
    } finally {
      server.close()
    }
  }, 60_000)
})

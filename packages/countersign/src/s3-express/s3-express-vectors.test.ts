import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startExpressStore, type ExpressStore } from '../../../../test/kit/s3-express-store.ts'
import { describeVectors, expectCases, loadVectors } from '../../../../test/kit/vectors.ts'
import { createS3ExpressSigner } from './index.ts'

interface ExpressCase {
  readonly name: string
  readonly service: string
  readonly timestamp: string
  readonly credentials: { accessKeyId: string; secretAccessKey: string }
  readonly request: { method: string; target: string; headers: [string, string][] }
  readonly header?: { canonicalRequest: string; signature: string }
  readonly query?: { canonicalRequest: string; signature: string; expiresInSeconds: number }
}

const OWNER = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'owner' }
const TOKEN = 'TESTSESSIONTOKEN'

describeVectors('requests to S3 Express that smithy-rs has recorded', () => {
  const files = ['sigv4-presigned.json', 'sigv4-sdk.json']
  const all = files.flatMap((file) => loadVectors<{ cases: ExpressCase[] }>(file).cases)
  const cases = expectCases(all.filter(({ service }) => service === 's3express'))
  let store: ExpressStore
  let current = cases[0]!

  beforeAll(async () => {
    store = await startExpressStore({
      owners: { [OWNER.accessKeyId]: OWNER },
      now: () => new Date(current.timestamp),
      answerSession: () => ({ status: 200, body: sessionXml(current) }),
    })
  })
  afterAll(async () => store.close())

  it.each(cases)('$name', async (one) => {
    current = one
    const { request, header, query, timestamp } = one
    const host = request.headers.find(([name]) => name === 'host')![1]
    const signer = createS3ExpressSigner({
      credentials: OWNER,
      now: () => new Date(timestamp),
      fetch: async (url, init) => askStore(store.port, host, url, init.headers as [string, string][]),
    })
    const kept = request.headers.filter(([name]) => name !== 'host')
    const given = { method: request.method, url: `https://${host}${request.target}`, headers: kept }
    const signed = query
      ? await signer.presign(given, { expiresIn: query.expiresInSeconds })
      : await signer.sign(given)
    const { canonicalRequest, signature } = (query ?? header)!
    expect(signed).toMatchObject({ canonicalRequest, signature })
  })
})

function sessionXml({ credentials, timestamp }: ExpressCase): string {
  const expiration = new Date(new Date(timestamp).getTime() + 300_000).toISOString()
  return `<CreateSessionResult><Credentials><SessionToken>${TOKEN}</SessionToken><SecretAccessKey>${credentials.secretAccessKey}</SecretAccessKey><AccessKeyId>${credentials.accessKeyId}</AccessKeyId><Expiration>${expiration}</Expiration></Credentials></CreateSessionResult>`
}

/** Sends with the Host header that was signed, which `fetch` would not. */
async function askStore(
  port: number,
  host: string,
  url: string,
  headers: [string, string][],
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const path = url.slice(`https://${host}`.length)
    const sending = httpRequest({
      port,
      path,
      host: '127.0.0.1',
      headers: [...headers, ['host', host]].flat(),
    })
    sending.on('error', reject)
    sending.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
      response.on('end', () => resolve(new Response(text, { status: response.statusCode ?? 0 })))
    })
    sending.end()
  })
}

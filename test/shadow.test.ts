/**
 * Shadow mode before a real server: whatever comes over the wire is handled as if nobody looked, and is told of.
 */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createSigner } from '../packages/countersign/src/index.ts'
import { createSignedFetch } from '../packages/countersign/src/adapters/fetch.ts'
import { readNodeRequest } from '../packages/countersign/src/servers/node.ts'
import { createShadow, createVerifier } from '../packages/countersign/src/verify/index.ts'

const SECRET = 'a secret of at least 30 characters'
const told: string[] = []
const shadow = createShadow(
  createVerifier({
    service: 'orders',
    region: 'local',
    secrets: (id) => (id === 'AK' ? { secretAccessKey: SECRET } : undefined),
  }),
  { onRefused: ({ code }) => void told.push(code) },
)

async function handle(request: IncomingMessage): Promise<string> {
  const { body, verified } = await shadow.observe(readNodeRequest(request))
  let bytes = 0
  for await (const chunk of body ?? []) bytes += chunk.length
  return `${verified?.accessKeyId ?? 'nobody'} ${bytes}`
}

const server = createServer((request, response) => {
  void handle(request).then((text) => response.end(text))
})
let url = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders`
})
afterAll(() => server.close())

it('handles signed, unsigned and forged requests alike, on one connection', async () => {
  const signedBy = (secretAccessKey: string) =>
    createSignedFetch(
      createSigner({
        credentials: { accessKeyId: 'AK', secretAccessKey },
        service: 'orders',
        region: 'local',
      }),
    )
  const body = 'x'.repeat(50_000)
  const texts: string[] = []
  for (const send of [signedBy(SECRET), fetch, signedBy('another'), signedBy(SECRET)]) {
    for (const init of [{ method: 'PUT', body }, {}]) texts.push(await (await send(url, init)).text())
  }
  const refused = ['nobody 50000', 'nobody 0']
  expect(texts).toEqual(['AK 50000', 'AK 0', ...refused, ...refused, 'AK 50000', 'AK 0'])
  const [missing, mismatch] = ['SIGNATURE_MISSING', 'SIGNATURE_MISMATCH']
  expect(told).toEqual([missing, missing, mismatch, mismatch])
  expect(shadow.counts()).toMatchObject({ letIn: 4, refused: 4, faults: 0 })
})

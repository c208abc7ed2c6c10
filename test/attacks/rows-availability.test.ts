/**
 * The tests of the rows of the table of attacks that are about availability and state: C1 to C6.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'vitest'
import { requireSignature, verifiedOf } from '../../packages/countersign/src/servers/node.ts'
import {
  createReplayGuard,
  s3Xml,
  sigV4,
  type VerifierOptions,
} from '../../packages/countersign/src/verify/index.ts'
import { attack } from '../kit/attack.ts'
import { bytesOfFrames, signUpload, uploadMessage } from '../kit/chunked-uploads.ts'
import { socketOf } from '../kit/everywhere.ts'
import { http2Fields, writeHttp1 } from '../kit/guarded-sockets.ts'
import { writeHttp2 } from '../kit/raw-http2.ts'
import { exchangeBytes } from '../kit/servers.ts'
import {
  bytesOf,
  KEY_ID,
  presign,
  refusalOf,
  SECRET,
  signInHeader,
  verifierFor,
  withAuthorization,
  withBadSignature,
  withHeaders,
  withTarget,
  type SentMessage,
} from '../kit/messages.ts'

const data = Uint8Array.from({ length: 20_000 }, (_, index) => index % 251)

attack('C1', async (proof) => {
  // The later a request comes, the earlier its key is there.
  let left = 200
  const verifier = verifierFor({
    secrets: async (id) => {
      for (let turns = left--; turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve))
      return id === KEY_ID ? { secretAccessKey: SECRET, principal: 'alice' } : undefined
    },
  })
  const refused: { code: string; awsCode: string }[] = []
  const guard = requireSignature(verifier, { respond: s3Xml, onRefused: (error) => refused.push(error) })
  const server = createServer((request, response) => {
    guard(request, response, () => {
      const [pair] = verifiedOf(request).covered.query
      response.end(`let in ${pair?.[1]}`)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const message = signInHeader({ target: `/b?n=${index}`, headers: [['connection', 'close']] })
      const sent = index % 2 ? withBadSignature(message) : message
      return (await exchangeBytes(port, writeHttp1(sent).toString('latin1'))).text
    }),
  )
  server.close()
  for (const [index, text] of answers.entries())
    expect(text).toMatch(index % 2 ? /<Code>SignatureDoesNotMatch</ : new RegExp(`let in ${index}$`))
  expect(refused).toHaveLength(100)
  for (const error of refused) proof.saw(error, 'http1')
})

attack('C2', async (proof) => {
  const length = String(10 * 1024 ** 3)
  const head = signInHeader({ method: 'PUT', headers: [['content-length', length]] })
  const forged = withBadSignature(head)
  const END = 9
  const bytes = {
    http1: writeHttp1(forged),
    http2: writeHttp2(http2Fields(forged), new Uint8Array()).subarray(0, -END),
  }
  for (const transport of ['http1', 'http2'] as const) {
    const { refusal, answer } = await (await socketOf(transport)).sendBytes(bytes[transport], verifierFor())
    expect(answer).toContain('<Code>SignatureDoesNotMatch</Code>')
    if (transport === 'http1') expect(answer).toMatch(/connection: close/i)
    proof.saw(refusal!, transport)
  }
  expect((await refusalOf({ ...forged, body: unread() })).code).toBe('SIGNATURE_MISMATCH')
})

/** A body that nobody may ask for. */
function unread(): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator](): never {
      throw new Error('The body was asked for')
    },
  }
}

attack('C3', async (proof) => {
  const { message, frames } = signUpload({ data: bytesOf('hello'), trailers: [], isSigned: false })
  const endless = [
    { tail: '0'.repeat(4096), head: '', code: 'CHUNK_MALFORMED' },
    { tail: 'a'.repeat(4096), head: frames.slice(0, -1).join(''), code: 'TRAILER_MALFORMED' },
  ]
  for (const { head, tail, code } of endless) {
    const body = bytesOfFrames([head, tail])
    const error = await refusalOf({ ...message, body })
    expect(error.code).toBe(code)
    // More is announced than is sent, and the answer does not wait for it.
    const announced = withHeaders(message, ['content-length', '1000000000'])
    const partly = {
      http1: Buffer.concat([writeHttp1(announced), body]),
      http2: writeHttp2(http2Fields(announced), body).subarray(0, -9),
    }
    for (const transport of ['http1', 'http2'] as const) {
      const { refusal } = await (await socketOf(transport)).sendBytes(partly[transport], verifierFor())
      expect(refusal?.code).toBe(code)
      proof.saw(error, transport)
    }
  }
})

attack('C4', async (proof) => {
  const message = signInHeader()
  const long = withAuthorization(message, (value) => value + ','.repeat(64 * 1024))
  const names = Array.from({ length: 10_000 }, (_, index) => `x${10_000 + index}`).join(';')
  const pairs = Array.from({ length: 10_000 }, () => 'a').join('&')
  for (const sent of [
    long,
    presign({ signedHeaders: `host;${names}` }),
    signInHeader({ target: `/b?${pairs}` }),
    signInHeader({ accessKeyId: '/'.repeat(1_000_000) }),
    withHeaders(message, ['x-long', 'x'.repeat(1_700_000)]),
  ])
    await proof.refused(sent, 'LIMIT_EXCEEDED')
})

attack('C5', async (proof) => {
  const upload = uploadMessage({ data })
  await proof.letIn(upload)
  await proof.refused(
    withTarget(upload, () => '/b/other'),
    'SIGNATURE_MISMATCH',
  )
  for (const message of [presign({ method: 'PUT', body: 'x' }), signInHeader()]) {
    await proof.letIn(message)
    // Each of the servers sees the same request once before.
    for (const transport of ['library', 'http1', 'http2'] as const) {
      const verifier = verifierFor({ replayGuard: createReplayGuard() })
      await verifier.verify(message)
      if (transport === 'library') {
        await expect(verifier.verify(message)).rejects.toMatchObject({ code: 'REPLAYED' })
        continue
      }
      const { verified, refusal } = await (await socketOf(transport)).send(message, verifier)
      expect([verified, refusal?.code]).toEqual([undefined, 'REPLAYED'])
      proof.saw(refusal!, transport)
    }
  }
  const other: SentMessage = { ...signUpload({ data, headers: [['x-amz-meta-a', 'b']] }).message }
  await proof.refused({ ...other, body: upload.body }, 'CHUNK_SIGNATURE_MISMATCH')
})

attack('C6', async (proof) => {
  const lists = {
    service: ['s3'],
    region: ['us-east-1'],
    algorithms: [sigV4],
    allowUnsignedHeaders: ['X-Amz-Cf-Id'],
    streaming: { services: ['s3'], trailers: ['x-amz-checksum-crc32'] },
  } satisfies Partial<VerifierOptions<string>>
  for (const list of [...Object.values(lists), ...Object.values(lists.streaming)]) Object.freeze(list)
  const fronted = withHeaders(signInHeader(), ['x-amz-cf-id', 'a'])
  for (const _ of [1, 2]) await verifierFor(lists).verify(fronted)

  const loose = { region: ['us-east-1'], allowUnsignedHeaders: ['x-amz-cf-id'], limits: { queryPairs: 10 } }
  const verifier = verifierFor(loose)
  loose.region[0] = 'eu-west-1'
  loose.allowUnsignedHeaders.push('x-amz-acl')
  loose.limits.queryPairs = 0
  await verifier.verify(fronted)
  await verifier.verify(signInHeader({ target: '/b?a' }))
  for (const message of [withHeaders(fronted, ['x-amz-acl', 'x']), signInHeader({ region: 'eu-west-1' })]) {
    const error: unknown = await verifier.verify(message).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'VerificationError' })
    proof.saw(error as { code: string; awsCode: string })
  }
})

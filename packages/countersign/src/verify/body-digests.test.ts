/**
 * Content-MD5 and x-amz-checksum-*: verified in every mode of the payload, refused by their form before anything of the
 * body is read. The expected digests are made with node:crypto and node:zlib, or are published check values.
 */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { signUpload, uploadMessage, withFrames } from '../../../../test/kit/chunked-uploads.ts'
import {
  bytesOf,
  expectLetIn,
  NOW,
  presign,
  refusalOf,
  SECRET,
  sha256,
  signInHeader,
  verifierFor,
  verifyWhole,
  withBadSignature,
  withHeaders,
  type HeaderField,
  type SentMessage,
} from '../../../../test/kit/messages.ts'
import { presignS3V2 } from '../sigv2.ts'
import { s3V2 } from '../sigv2.ts'
import { explainRequest, type RequestMessage, type VerificationErrorCode } from './index.ts'

const TEXT = '123456789'
const md5 = (data: string | Uint8Array): string => createHash('md5').update(data).digest('base64')
const crcOf = (data: Uint8Array): string => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(data))
  return bytes.toString('base64')
}
const fromHex = (hex: string): string => Buffer.from(hex, 'hex').toString('base64')

/** Of {@link TEXT}: the check values of the catalogue of CRC algorithms, and hashes by Node. */
const DIGESTS: HeaderField[] = [
  ['content-md5', md5(TEXT)],
  ['x-amz-checksum-crc32', fromHex('cbf43926')],
  ['x-amz-checksum-crc32c', fromHex('e3069283')],
  ['x-amz-checksum-crc64nvme', fromHex('ae8b14860a799888')],
  ['x-amz-checksum-sha1', createHash('sha1').update(TEXT).digest('base64')],
  ['x-amz-checksum-sha256', createHash('sha256').update(TEXT).digest('base64')],
]

type Make = (digest: HeaderField, body: string, sent?: string) => RequestMessage

const data = (text: string): Uint8Array => bytesOf(text)
const stream = async function* (text: string): AsyncGenerator<Uint8Array> {
  for (const character of text) yield bytesOf(character)
}
const put = { method: 'PUT', target: '/b/k' }

/** The modes of the payload; `sent` is what comes in place of the body that the digest is of. */
const MODES: [name: string, make: Make][] = [
  ['hashed', (digest, body, sent = body) => signInHeader({ ...put, headers: [digest], body: sent })],
  [
    'hashed, as a stream',
    (digest, body, sent = body) => ({
      ...signInHeader({ ...put, headers: [digest], body: sent }),
      body: stream(sent),
    }),
  ],
  [
    'unsigned',
    (digest, body, sent = body) =>
      signInHeader({ ...put, headers: [digest], payloadHash: 'UNSIGNED-PAYLOAD', body: sent }),
  ],
  ['presigned', (digest, body, sent = body) => presign({ ...put, headers: [digest], body: sent })],
  [
    'computed',
    (digest, body, sent = body) =>
      signInHeader({ ...put, service: 'execute-api', headers: [digest], body: sent }),
  ],
  ['signed chunks', (digest, body, sent = body) => uploadMessage({ data: data(sent), headers: [digest] })],
  [
    'unsigned chunks',
    (digest, body, sent = body) =>
      uploadMessage({ data: data(sent), chunkSize: 2, isSigned: false, headers: [digest] }),
  ],
]

describe.each(MODES)('%s', (_, make) => {
  it.each(DIGESTS)('%s', async (header, value) => {
    const verified = await verifyWhole(make([header, value], TEXT))
    expect(Buffer.from(verified.bytes).toString()).toBe(TEXT)
    const isMd5 = header === 'content-md5'
    const error = await refusalOf(make([header, value], TEXT, '123456780'))
    expect(error).toMatchObject({
      code: isMd5 ? 'CONTENT_MD5_MISMATCH' : 'CHECKSUM_MISMATCH',
      awsCode: 'BadDigest',
      status: 400,
      facts: isMd5
        ? { calculatedDigest: md5('123456780'), expectedDigest: createHash('md5').update(TEXT).digest('hex') }
        : { checksum: header.replace('x-amz-checksum-', '') },
    })
  })

  it('a short body is checked before anybody sees it', async () => {
    const message = make(['content-md5', md5(TEXT)], TEXT, '123456780')
    await expect(verifierFor().verify(message)).rejects.toMatchObject({ code: 'CONTENT_MD5_MISMATCH' })
  })

  it('not where it is switched off', async () => {
    for (const value of [md5('other'), 'no digest']) {
      const message = make(['content-md5', value], TEXT)
      await expectLetIn(message, { verifyDigests: false })
    }
  })

  it('a digest makes no body a signed one', async () => {
    const { payload } = await expectLetIn(make(['x-amz-checksum-sha256', DIGESTS[5]![1]], TEXT))
    const without = await expectLetIn(make(['x-other', 'x'], TEXT))
    expect(payload).toBe(without.payload)
  })
})

it('SHA-512 is verified where there is node:crypto, and elsewhere a checksum that is not known', async () => {
  const sha512 = createHash('sha512').update(TEXT).digest('base64')
  const headers: HeaderField[] = [['x-amz-checksum-sha512', sha512]]
  const message = signInHeader({ ...put, headers, body: TEXT, payloadHash: 'UNSIGNED-PAYLOAD' })
  await expectLetIn(message)
  expect((await refusalOf({ ...message, body: data('123456780') })).code).toBe('CHECKSUM_MISMATCH')
  vi.stubGlobal('process', undefined)
  try {
    expect(await refusalOf(message)).toMatchObject({ code: 'CHECKSUM_UNSUPPORTED' })
  } finally {
    vi.unstubAllGlobals()
  }
})

describe('a long body', () => {
  const body = 'x'.repeat(9)
  const draft = { ...put, headers: [['content-md5', md5(body)] as const] }
  const options = { maxBufferedBody: 4 }

  it.each([
    ['unsigned', presign(draft)],
    ['hashed', signInHeader({ ...draft, payloadHash: sha256(body) })],
  ])('is pending, and throws at its end when it is another: %s', async (payload, message) => {
    const good = await verifierFor(options).verify({ ...message, body: stream(body) })
    expect(good).toMatchObject({
      isPending: true,
      payload: payload === 'unsigned' ? 'unsigned' : 'pending',
    })
    expect((await verifyWhole({ ...message, body: stream(body) }, options)).bytes).toHaveLength(9)
    const bad = await verifierFor(options).verify({ ...message, body: stream('xxxxxxxxy') })
    const taken: Uint8Array[] = []
    const reading = (async () => {
      for await (const piece of bad.body!) taken.push(piece)
    })()
    await expect(reading).rejects.toMatchObject({
      code: payload === 'unsigned' ? 'CONTENT_MD5_MISMATCH' : 'PAYLOAD_MISMATCH',
    })
    expect(Buffer.concat(taken).toString()).toBe('xxxxxxxxy')
  })

  it('that is compared with nothing is not pending, and nothing of it is read', async () => {
    let reads = 0
    const source = async function* (): AsyncGenerator<Uint8Array> {
      reads += 1
      yield bytesOf('x')
    }
    expect(await verifierFor(options).verify({ ...presign(put), body: source() })).toMatchObject({
      isPending: false,
    })
    expect(reads).toBe(0)
  })

  it('in chunks', async () => {
    const long = new Uint8Array(20_000).fill(120)
    const good: HeaderField = ['x-amz-checksum-crc32', crcOf(long)]
    for (const isSigned of [true, false]) {
      const upload = { data: long, isSigned, headers: [good] }
      const message = uploadMessage(upload)
      const framed = async function* (): AsyncGenerator<Uint8Array> {
        yield message.body ?? new Uint8Array()
      }
      expect((await verifierFor(options).verify({ ...message, body: framed() })).isPending).toBe(true)
      await verifyWhole({ ...message, body: framed() }, options)
      const sent = signUpload({ ...upload, headers: [['x-amz-checksum-crc32', crcOf(bytesOf('other'))]] })
      expect(await refusalOf(withFrames(sent, sent.frames), options)).toMatchObject({
        code: 'CHECKSUM_MISMATCH',
      })
    }
  })
})

describe('no body', () => {
  it.each([
    ['content-md5', md5('')],
    ['x-amz-checksum-crc32', 'AAAAAA=='],
  ])('is as good as an empty one: %s', async (header, value) => {
    for (const sign of [signInHeader, presign]) {
      await expectLetIn(sign({ method: 'DELETE', headers: [[header, value]] }))
      const other: HeaderField = [header, header === 'content-md5' ? md5(TEXT) : DIGESTS[1]![1]]
      expect(await refusalOf(sign({ method: 'DELETE', headers: [other] }))).toMatchObject({
        awsCode: 'BadDigest',
      })
    }
  })
})

/** A body that fails the test when it is asked for. */
function untouched(message: SentMessage): RequestMessage {
  const body: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => expect.fail('The body was read'),
  }
  return { ...message, body }
}

describe('by their form, before a byte is read', () => {
  const refused: [HeaderField[], VerificationErrorCode, string][] = [
    ...['', 'x', md5(TEXT).slice(1), `${md5(TEXT)}=`, md5(TEXT).replace('==', ''), TEXT, `${md5(TEXT)} x`]
      .concat(createHash('md5').update(TEXT).digest('hex'), md5(TEXT).replace(/.==$/, 'x=='))
      .map((value): [HeaderField[], VerificationErrorCode, string] => [
        [['content-md5', value]],
        'CONTENT_MD5_INVALID',
        'InvalidDigest',
      ]),
    ...DIGESTS.slice(1).flatMap(([header, value]) =>
      ['', 'x', value.slice(4), `AAAA${value}`, `${value}-2`, value.replaceAll('=', ''), 'cbf43926']
        .filter((odd) => odd !== value)
        .map((odd): [HeaderField[], VerificationErrorCode, string] => [
          [[header, odd]],
          'CHECKSUM_INVALID',
          'InvalidRequest',
        ]),
    ),
    [[['x-amz-checksum-crc32', 'y/Q5Jh==']], 'CHECKSUM_INVALID', 'InvalidRequest'],
    [[['x-amz-checksum-crc16', 'AAA=']], 'CHECKSUM_UNSUPPORTED', 'InvalidRequest'],
    [[['x-amz-checksum-constructor', 'AAA=']], 'CHECKSUM_UNSUPPORTED', 'InvalidRequest'],
    [[['x-amz-checksum-', 'AAA=']], 'CHECKSUM_UNSUPPORTED', 'InvalidRequest'],
    [[DIGESTS[1]!, DIGESTS[2]!], 'CHECKSUMS_SEVERAL', 'InvalidRequest'],
    [[DIGESTS[1]!, DIGESTS[1]!], 'CHECKSUMS_SEVERAL', 'InvalidRequest'],
    [[DIGESTS[1]!, ['x-amz-checksum-crc16', 'x']], 'CHECKSUMS_SEVERAL', 'InvalidRequest'],
    [[DIGESTS[0]!, DIGESTS[0]!], 'REQUEST_MALFORMED', 'InvalidRequest'],
  ]

  it.each(refused)('%j: %s', async (headers, code, awsCode) => {
    for (const payloadHash of [sha256(TEXT), 'UNSIGNED-PAYLOAD', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD']) {
      const length: HeaderField = ['x-amz-decoded-content-length', '9']
      const isChunked = payloadHash.startsWith('STREAMING')
      const draft = { ...put, headers: isChunked ? [...headers, length] : headers, payloadHash }
      const error = await refusalOf(untouched(signInHeader(draft)))
      expect(error).toMatchObject({ code, awsCode, status: 400 })
      const forged = await refusalOf(untouched(withBadSignature(signInHeader(draft))))
      expect(forged.code).toBe('SIGNATURE_MISMATCH')
    }
    expect(await refusalOf(untouched(presign({ ...put, headers })))).toMatchObject({ code, awsCode })
  })

  it.each(refused.filter(([, code]) => code !== 'CHECKSUM_UNSUPPORTED'))(
    'where the body is read before the signature is checked: %j',
    async (headers, code) => {
      if (headers.some(([name]) => name.endsWith('crc16'))) return
      const message = signInHeader({ ...put, service: 'execute-api', headers })
      expect((await refusalOf(untouched(message))).code).toBe(code)
    },
  )

  it('a checksum in the head and one announced behind the body', async () => {
    for (const isSigned of [true, false]) {
      const upload = {
        data: bytesOf(TEXT),
        isSigned,
        trailers: [['x-amz-checksum-sha256', DIGESTS[5]![1]] as const],
        headers: [DIGESTS[1]!],
      }
      expect(await refusalOf(untouched(uploadMessage(upload)))).toMatchObject({ code: 'CHECKSUMS_SEVERAL' })
    }
  })
})

describe('what is taken beside', () => {
  it('Content-MD5 and one checksum, each of which counts', async () => {
    await expectLetIn(signInHeader({ ...put, headers: [DIGESTS[0]!, DIGESTS[2]!], body: TEXT }))
    for (const wrong of [
      [['content-md5', md5('x')] as const, DIGESTS[2]!],
      [DIGESTS[0]!, ['x-amz-checksum-crc32c', 'AAAAAA=='] as const],
    ]) {
      const message = signInHeader({ ...put, headers: wrong, body: TEXT })
      expect(await refusalOf(message)).toMatchObject({ awsCode: 'BadDigest' })
    }
  })

  it('headers that tell of checksums and carry none', async () => {
    const headers: HeaderField[] = [
      DIGESTS[1]!,
      ['x-amz-checksum-algorithm', 'CRC32'],
      ['x-amz-checksum-mode', 'ENABLED'],
      ['x-amz-checksum-type', 'FULL_OBJECT'],
      ['x-amz-sdk-checksum-algorithm', 'CRC32'],
    ]
    await expectLetIn(signInHeader({ ...put, headers, body: TEXT }))
  })

  it('unknown names at services whose headers nobody knows', async () => {
    const headers: HeaderField[] = [['x-amz-checksum-aggregation-method', 'LINEAR']]
    await expectLetIn(signInHeader({ ...put, service: 'execute-api', headers, body: TEXT }))
  })

  it('blanks around the value', async () => {
    const headers: HeaderField[] = [['Content-MD5', `\t ${md5(TEXT)} `]]
    await expectLetIn(signInHeader({ ...put, headers, body: TEXT }))
  })

  it('the checksum of an object that its parts become', async () => {
    const headers: HeaderField[] = [['x-amz-checksum-crc32', 'AAAAAA==']]
    const draft = { method: 'POST', target: '/b/k?uploadId=1', headers, body: TEXT }
    await expectLetIn(signInHeader(draft))
    const others = [
      { ...draft, method: 'PUT', target: '/b/k?partNumber=1&uploadId=1' },
      { ...draft, target: '/b/k?uploads' },
      { ...draft, target: '/b/k?x=uploadId' },
      { ...draft, headers: [['content-md5', md5('x')] as const] },
    ]
    for (const other of others) {
      expect(await refusalOf(signInHeader(other))).toMatchObject({ awsCode: 'BadDigest' })
    }
  })
})

describe('what is not signed', () => {
  it('Content-MD5 is refused all the same when it differs, and proves nothing when it does not', async () => {
    const message = presign({ ...put, body: TEXT })
    const good = await expectLetIn(withHeaders(message, DIGESTS[0]!))
    expect(good).toMatchObject({ payload: 'unsigned', warnings: ['PAYLOAD_UNSIGNED'] })
    expect(good.covered.headers.map(([name]) => name)).not.toContain('content-md5')
    expect(await refusalOf(withHeaders(message, ['content-md5', md5('x')]))).toMatchObject({
      code: 'CONTENT_MD5_MISMATCH',
    })
  })

  it('a checksum has to be signed', async () => {
    expect(await refusalOf(withHeaders(presign({ ...put, body: TEXT }), DIGESTS[1]!))).toMatchObject({
      code: 'HEADERS_NOT_SIGNED',
    })
  })

  it('a URL of S3 version 2', async () => {
    const { url } = presignS3V2(
      { method: 'PUT', url: 'https://h/b/k', headers: { 'content-md5': md5(TEXT) } },
      { credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET }, date: NOW },
    )
    const message = (body: string): RequestMessage => ({
      method: 'PUT',
      target: url.replace('https://h', ''),
      headers: [['host', 'h'], DIGESTS[0]!],
      body: bytesOf(body),
    })
    await expectLetIn(message(TEXT), { service: 's3', algorithms: [s3V2] })
    expect(await refusalOf(message('other'), { service: 's3', algorithms: [s3V2] })).toMatchObject({
      code: 'CONTENT_MD5_MISMATCH',
    })
  })
})

describe('explainRequest', () => {
  const options = {
    service: ['s3', 'execute-api'],
    region: '*',
    now: () => NOW,
    key: { secretAccessKey: SECRET },
  }

  it.each([
    ['hashed', (headers: HeaderField[]) => signInHeader({ ...put, headers, body: TEXT })],
    [
      'computed',
      (headers: HeaderField[]) => signInHeader({ ...put, service: 'execute-api', headers, body: TEXT }),
    ],
    ['unsigned', (headers: HeaderField[]) => presign({ ...put, headers, body: TEXT })],
    ['chunks', (headers: HeaderField[]) => uploadMessage({ data: bytesOf(TEXT), headers })],
  ])('tells of digests: %s', (_, make) => {
    expect(explainRequest(make([DIGESTS[1]!]), options).verdict).toBe('valid')
    const bad = explainRequest(make([['x-amz-checksum-crc32', 'AAAAAA==']]), options)
    expect(bad.verdict).toBe('invalid')
    expect(bad.findings).toContainEqual(
      expect.objectContaining({ check: 'payload', isOk: false, code: 'CHECKSUM_MISMATCH' }),
    )
    const off = { ...options, verifyDigests: false }
    expect(explainRequest(make([['x-amz-checksum-crc32', 'AAAAAA==']]), off).verdict).toBe('valid')
  })
})

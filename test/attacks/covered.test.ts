/**
 * V4: the covered view holds what the signature covers and nothing else, so that whoever works from it cannot be
 * steered by what anybody could have added or changed on the way.
 */
import { describe, expect, it } from 'vitest'
import { createHash } from 'node:crypto'
import { presignS3V2, s3V2, sigV2 } from '../../packages/countersign/src/sigv2.ts'
import type { VerifiedRequest } from '../../packages/countersign/src/verify/index.ts'
import { signUpload, uploadMessage, withFrames, type Upload } from '../kit/chunked-uploads.ts'
import {
  bytesOf,
  expectLetIn,
  MECHANISMS,
  NOW,
  presign,
  refusalOf,
  SECRET,
  signInHeader,
  TOKEN,
  verifierFor,
  withHeaders,
  withTarget,
  type HeaderField,
  type SentMessage,
} from '../kit/messages.ts'

const namesOf = ({ covered }: VerifiedRequest): string[] => covered.headers.map(([name]) => name)
const put = { method: 'PUT', target: '/b/k' }
const TEMPORARY = { secrets: () => ({ secretAccessKey: SECRET, sessionToken: TOKEN, principal: 'alice' }) }

async function textOf(body: AsyncIterable<Uint8Array> | undefined): Promise<string | undefined> {
  if (!body) return undefined
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces).toString('latin1')
}

describe('headers that nobody signed', () => {
  const added: HeaderField[] = [
    ['content-type', 'text/html'],
    ['content-md5', createHash('md5').update('').digest('base64')],
    ['cookie', 'admin=1'],
    ['range', 'bytes=0-0'],
    ['expect', '100-continue'],
    ['x-forwarded-host', 'tenant-b'],
    ['x-http-method-override', 'DELETE'],
    ['constructor', 'x'],
    ['__proto__', 'x'],
    ['x-amz-cf-id', 'x'],
  ]

  it.each(MECHANISMS)('$mechanism', async ({ sign }) => {
    const options = { allowUnsignedHeaders: ['x-amz-cf-id'] }
    const before = await expectLetIn(sign(), options)
    const after = await expectLetIn(withHeaders(sign(), ...added), options)
    expect(after.covered.headers).toEqual(before.covered.headers)
    expect(namesOf(after).toSorted()).toEqual(after.signedHeaders)
    expect(after.covered.method).toBe('GET')
  })

  it('a hash beside a URL, which may only repeat what the URL says', async () => {
    const message = withHeaders(presign(put), ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD'])
    expect(namesOf(await expectLetIn(message))).toEqual(['host'])
  })

  it('a session token that stands outside of the signature', async () => {
    const options = { ...TEMPORARY, service: 'iotdevicegateway' }
    const draft = { service: 'iotdevicegateway', target: '/mqtt?a=b' }
    const inHeader = withHeaders(presign(draft), ['x-amz-security-token', TOKEN])
    expect(namesOf(await expectLetIn(inHeader, options))).toEqual(['host'])
    const token = `&X-Amz-Security-Token=${encodeURIComponent(TOKEN)}`
    const { covered } = await expectLetIn(
      withTarget(presign(draft), (target) => target + token),
      options,
    )
    expect(covered.query).toEqual([['a', 'b']])
    expect(JSON.stringify(covered.headers)).not.toContain(TOKEN)
  })
})

describe('the query', () => {
  it('has none of what the signature itself needs', async () => {
    const message = presign({ ...put, target: '/b/k?a=1&a=0&versionId=%2F', sessionToken: TOKEN })
    const { covered } = await expectLetIn(message, TEMPORARY)
    expect(covered.query).toEqual([
      ['a', '1'],
      ['a', '0'],
      ['versionId', '/'],
    ])
  })

  it.each(['X%2DAmz-Expires', 'X-Amz-Expire%73'])('nor in disguise: %s', async (name) => {
    const disguised = withTarget(presign(), (target) => target.replace('X-Amz-Expires', name))
    // It is read as what it is: the one of the signature.
    expect((await expectLetIn(disguised)).covered.query).toEqual([])
    const twice = withTarget(presign(), (target) => `${target}&${name}=604800`)
    expect((await refusalOf(twice)).code).toBe('QUERY_PARAMETER_MALFORMED')
  })

  it('of a URL of S3 version 2 has what its signature covers, and nothing else of it', async () => {
    const { url } = presignS3V2(
      { method: 'GET', url: 'https://h/b/k?versionId=1' },
      { credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET }, date: NOW },
    )
    const target = `${url.replace('https://h', '')}&prefix=secret&max-keys=9&X=y`
    const message: SentMessage = {
      method: 'GET',
      target,
      headers: [
        ['host', 'evil'],
        ['range', 'x'],
      ],
    }
    const verified = await expectLetIn(message, { service: 's3', algorithms: [s3V2, sigV2] })
    expect(verified.covered.query).toEqual([['versionId', '1']])
    // Version 2 signs no host.
    expect(verified.covered.headers).toEqual([])
  })
})

describe('the path', () => {
  it.each(['/a/../b/k', '//b/k', '/b/./k', '/x/y/../../b//k'])(
    'where many are one to the signature, it is that one: %s',
    async (path) => {
      for (const { sign } of MECHANISMS) {
        const signed = sign({ service: 'execute-api', target: '/b/k' })
        const altered = withTarget(signed, (target) => target.replace('/b/k', path))
        expect((await expectLetIn(altered)).covered.path).toBe('/b/k')
      }
    },
  )

  it('at S3 each is another', async () => {
    for (const { sign } of MECHANISMS) {
      expect((await expectLetIn(sign({ target: '/b//x/../k' }))).covered.path).toBe('/b//x/../k')
      const altered = withTarget(sign({ target: '/b/k' }), (target) => target.replace('/b/k', '/b/./k'))
      expect((await refusalOf(altered)).code).toBe('SIGNATURE_MISMATCH')
    }
  })
})

describe('the body', () => {
  it.each([
    ['hashed', signInHeader({ ...put, body: 'hello' })],
    ['computed', signInHeader({ ...put, service: 'execute-api', body: 'hello' })],
    ['computed, in a URL', presign({ ...put, service: 'execute-api', body: 'hello' })],
    ['in signed chunks', uploadMessage({ data: bytesOf('hello') })],
  ])('is there when it is signed: %s', async (_, message) => {
    const verified = await verifierFor().verify(message)
    expect(verified.covered.body).toBe(verified.body)
    expect(await textOf(verified.covered.body)).toBe('hello')
  })

  const SHA256: HeaderField = ['x-amz-checksum-sha256', createHash('sha256').update('hello').digest('base64')]
  it.each([
    ['a header says so', signInHeader({ ...put, payloadHash: 'UNSIGNED-PAYLOAD', body: 'hello' })],
    ['a URL of S3', presign({ ...put, body: 'hello' })],
    ['a checksum alone is signed', presign({ ...put, headers: [SHA256], body: 'hello' })],
    ['in unsigned chunks', uploadMessage({ data: bytesOf('hello'), isSigned: false })],
  ])('is not there when it is not: %s', async (_, message) => {
    const verified = await verifierFor().verify(message)
    expect(verified.covered.body).toBeUndefined()
    expect(await textOf(verified.body)).toBe('hello')
  })

  it('nor when there is none', async () => {
    expect((await expectLetIn(signInHeader())).covered.body).toBeUndefined()
  })
})

describe('trailers', () => {
  const data = bytesOf('hello')
  const CRC: HeaderField = ['x-amz-checksum-crc32', 'NhCmhg==']
  const upload: Upload = { data, trailers: [CRC] }
  /** The message, its body a stream that is longer than what is held back. */
  const pending = (message: SentMessage): Promise<VerifiedRequest<string>> => {
    async function* source(): AsyncGenerator<Uint8Array> {
      for (const byte of message.body ?? []) yield Uint8Array.of(byte)
    }
    return verifierFor({ maxBufferedBody: 2 }).verify({ ...message, body: source() })
  }

  it('that are signed are covered, once they are known to be right', async () => {
    const short = await verifierFor().verify(uploadMessage(upload))
    expect(short.trailers).toEqual([CRC])
    expect(short.covered.trailers).toEqual([CRC])
    expect(short.isPending).toBe(false)

    const long = await pending(uploadMessage(upload))
    expect(long).toMatchObject({ isPending: true, trailers: undefined, covered: { trailers: undefined } })
    expect(await textOf(long.body)).toBe('hello')
    expect(long.trailers).toEqual([CRC])
    expect(long.covered.trailers).toEqual([CRC])
    expect({ ...long }.trailers).toEqual([CRC])
  })

  it('that are not signed are handed on, and not covered', async () => {
    for (const verified of [
      await verifierFor().verify(uploadMessage({ ...upload, isSigned: false })),
      await pending(uploadMessage({ ...upload, isSigned: false })),
    ]) {
      expect(await textOf(verified.body)).toBe('hello')
      expect(verified.trailers).toEqual([CRC])
      expect(verified.covered.trailers).toBeUndefined()
    }
  })

  it('of a body that is refused are never told', async () => {
    const wrong: [Upload, (last: string) => string][] = [
      [upload, (last) => last.replace(/signature:./, 'signature:_')],
      [upload, (last) => last.replace('NhCmhg==', 'AAAAAA==')],
      [upload, (last) => `${last}x`],
      [{ ...upload, isSigned: false }, (last) => last.replace('NhCmhg==', 'AAAAAA==')],
      [{ ...upload, isSigned: false }, (last) => `${last}x`],
      [
        { ...upload, isSigned: false, headers: [['content-md5', 'AAAAAAAAAAAAAAAAAAAAAA==']] },
        (last) => last,
      ],
    ]
    for (const [each, change] of wrong) {
      const sent = signUpload(each)
      const frames = [...sent.frames.slice(0, -1), change(sent.frames.at(-1)!)]
      const verified = await pending(withFrames(sent, frames))
      await expect(textOf(verified.body)).rejects.toMatchObject({ name: 'VerificationError' })
      expect(verified.trailers).toBeUndefined()
      expect(verified.covered.trailers).toBeUndefined()
    }
  })

  it('are not there where there can be none', async () => {
    for (const message of [uploadMessage({ data }), signInHeader({ ...put, body: 'hello' })]) {
      const verified = await expectLetIn(message)
      expect('trailers' in verified).toBe(false)
      expect(verified.covered.trailers).toBeUndefined()
    }
    const none = uploadMessage({ data, isSigned: false })
    expect((await verifierFor().verify(none)).trailers).toEqual([])
  })
})

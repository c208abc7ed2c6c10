/**
 * Attacks on how the payload takes part in a signature.
 */
import { describe, expect, it } from 'vitest'
import { expectLetIn, expectRefused } from '../kit/everywhere.ts'
import {
  bytesOf,
  EMPTY_HASH,
  EVERYWHERE,
  MECHANISMS,
  presign,
  refusalOf,
  sha256,
  signInHeader,
  verifierFor,
  withBadSignature,
  withHeaders,
  withTarget,
  type HeaderField,
} from '../kit/messages.ts'

const TRAILER = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'
const STREAMING_MODES = [
  TRAILER,
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
  'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD',
  'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER',
  'STREAMING-AWS4-HMAC-SHA256-EVENTS',
]
const SNOWBALL: HeaderField = ['X-Amz-Meta-Snowball-Auto-Extract', 'true']
const upload = { method: 'PUT', target: '/b/k', body: '5\r\nhello\r\n0\r\n\r\n' }
const LENGTH: HeaderField = ['x-amz-decoded-content-length', '5']

function hashHeader(value: string): HeaderField {
  return ['x-amz-content-sha256', value]
}

/** What becomes of a request in a mode, where its head is right. */
function outcomeOf(mode: string, mechanism: string, service: string): [code: string, awsCode: string] {
  if (mode.includes('ECDSA')) return ['PAYLOAD_HASH_INVALID', 'InvalidArgument']
  if (mode.endsWith('EVENTS') || mechanism === 'query' || service !== 's3')
    return ['PAYLOAD_MODE_UNSUPPORTED', 'InvalidRequest']
  return mode === TRAILER ? ['let in', ''] : ['CHUNK_MALFORMED', 'InvalidChunkSizeError']
}

describe('A1 unsigned-trailer mode skips the signature', () => {
  describe.each(STREAMING_MODES)('%s', (mode) => {
    it.each(EVERYWHERE)('$mechanism, $service', async ({ mechanism, sign, service }) => {
      const headers = [hashHeader(mode), LENGTH]
      const message = sign({ ...upload, service, headers, payloadHash: mode })
      await expectRefused(withBadSignature(message), 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
      const [code, awsCode] = outcomeOf(mode, mechanism, service)
      if (code === 'let in') expect((await expectLetIn(message)).payload).toBe('unsigned')
      else expect(await refusalOf(message)).toMatchObject({ code, awsCode })
    })

    it('as a parameter of the URL', async () => {
      const target = `/b/k?X-Amz-Content-Sha256=${mode}`
      const message = presign({ ...upload, target, payloadHash: mode })
      await expectRefused(withBadSignature(message), 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
      const [code, awsCode] = outcomeOf(mode, 'query', 's3')
      expect(await refusalOf(message)).toMatchObject({ code, awsCode })
    })

    it('a server that takes no chunks', async () => {
      const message = signInHeader({ ...upload, headers: [hashHeader(mode), LENGTH] })
      const [code] = outcomeOf(mode, 'query', 's3')
      expect(await refusalOf(message, { streaming: false })).toMatchObject({ code })
    })
  })

  it('unsigned chunks are unsigned payload', async () => {
    const message = signInHeader({ ...upload, headers: [hashHeader(TRAILER), LENGTH] })
    await expectRefused(message, 'PAYLOAD_UNSIGNED', 'InvalidRequest', { unsignedPayload: 'refused' })
    const options = { unsignedPayload: 'https-only' } as const
    await expectRefused({ ...message, protocol: 'http' }, 'PAYLOAD_UNSIGNED', 'InvalidRequest', options)
    await expectLetIn({ ...message, protocol: 'https' }, options)
  })

  it('a mode that does not exist', async () => {
    const headers = [hashHeader('STREAMING-UNSIGNED-PAYLOAD')]
    await expectRefused(signInHeader({ ...upload, headers }), 'PAYLOAD_HASH_INVALID', 'InvalidArgument')
  })
})

describe('A2 mode by header, credential by query', () => {
  const target = '/b/k?X-Amz-Credential=AKIDEXAMPLE%2F20261122%2Fus-east-1%2Fs3%2Faws4_request'
  const headers: HeaderField[] = [['host', 'h'], hashHeader(TRAILER)]

  it('the credential alone', async () => {
    const message = { method: 'PUT', target, headers, body: bytesOf('x') }
    await expectRefused(message, 'QUERY_PARAMETER_MISSING', 'AuthorizationQueryParametersError')
  })

  it.each([
    'X-Amz-Algorithm',
    'X-Amz-Credential',
    'X-Amz-Date',
    'X-Amz-SignedHeaders',
    'X-Amz-Signature',
    'X-Amz-Expires',
  ])('all parameters but %s', async (name) => {
    const message = presign({ ...upload, headers: [hashHeader(TRAILER)] })
    const without = withTarget(message, (text) =>
      text.replace(new RegExp(`[?&]${name}=[^&]*`), '?').replace('??', '?'),
    )
    const error = await expectRefused(without, 'QUERY_PARAMETER_MISSING', 'AuthorizationQueryParametersError')
    expect(error.facts).toMatchObject({ parameter: name })
  })
})

describe('A3 a second handler forgets the mode', () => {
  it.each(EVERYWHERE)('$mechanism, $service', async ({ sign, service }) => {
    const headers = [hashHeader(TRAILER), LENGTH, SNOWBALL]
    const message = sign({ ...upload, service, headers, payloadHash: TRAILER })
    await expectRefused(withBadSignature(message), 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
  })

  it.each(MECHANISMS)('the header not signed: $mechanism', async ({ sign }) => {
    const message = sign({ ...upload, headers: [hashHeader(TRAILER)], payloadHash: TRAILER })
    const error = await expectRefused(withHeaders(message, SNOWBALL), 'HEADERS_NOT_SIGNED', 'AccessDenied')
    expect(error.facts).toMatchObject({ headersNotSigned: 'x-amz-meta-snowball-auto-extract' })
  })
})

describe('A6 content-sha256 selects a weaker mode', () => {
  const url = presign({ method: 'PUT', target: '/b/k', body: 'hello' })

  it.each([...STREAMING_MODES, sha256('hello'), EMPTY_HASH, 'anything', ''])(
    'presigned for S3, with the unsigned header %s',
    async (value) => {
      const message = withHeaders(url, hashHeader(value))
      await expectRefused(message, 'PAYLOAD_HASH_INVALID', 'InvalidArgument')
    },
  )

  it('the header that says the same is taken', async () => {
    const verified = await expectLetIn(withHeaders(url, hashHeader('UNSIGNED-PAYLOAD')))
    expect(verified.payload).toBe('unsigned')
    expect(verified.covered.headers.map(([name]) => name)).toEqual(['host'])
  })

  it.each(['UNSIGNED-PAYLOAD', TRAILER])('presigned for another service, with %s', async (value) => {
    const message = presign({ service: 'execute-api', method: 'PUT', body: 'hello' })
    await expectRefused(withHeaders(message, hashHeader(value)), 'PAYLOAD_HASH_INVALID', 'InvalidArgument')
  })

  it('a hash in the URL binds the body, whatever the header says', async () => {
    const hash = sha256('hello')
    const target = `/b/k?X-Amz-Content-Sha256=${hash}`
    const message = presign({ method: 'PUT', target, body: 'hello', payloadHash: hash })
    await expectLetIn(withHeaders(message, hashHeader(hash)))
    const other = { ...message, body: bytesOf('other') }
    await expectRefused(other, 'PAYLOAD_MISMATCH', 'XAmzContentSHA256Mismatch')
    const weaker = withHeaders(other, hashHeader('UNSIGNED-PAYLOAD'))
    await expectRefused(weaker, 'PAYLOAD_HASH_INVALID', 'InvalidArgument')
  })

  it('in header auth the header must be signed', async () => {
    const message = signInHeader({
      ...upload,
      headers: [hashHeader('UNSIGNED-PAYLOAD')],
      signedHeaders: 'host;x-amz-date',
    })
    const error = await expectRefused(message, 'HEADERS_NOT_SIGNED', 'AccessDenied')
    expect(error.facts).toMatchObject({ headersNotSigned: 'x-amz-content-sha256' })
  })

  it('an allow-list of unsigned headers does not let it choose', async () => {
    const options = { allowUnsignedHeaders: ['x-amz-content-sha256'], unsignedPayload: 'allowed' } as const
    const message = signInHeader({ service: 'execute-api', method: 'PUT', body: 'hello' })
    for (const value of ['UNSIGNED-PAYLOAD', TRAILER, sha256('other')]) {
      const altered = { ...withHeaders(message, hashHeader(value)), body: bytesOf('other') }
      await expectRefused(altered, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch', options)
    }
  })
})

describe('A28 hash header trusted', () => {
  it.each(EVERYWHERE)('$mechanism, $service', async ({ sign, service }) => {
    const hash = sha256('body A')
    const headers = [hashHeader(hash)]
    const message = sign({ service, method: 'PUT', headers, body: 'body A', payloadHash: hash })
    expect((await expectLetIn(message)).payload).toBe('verified')
    const error = await expectRefused(
      { ...message, body: bytesOf('body B') },
      'PAYLOAD_MISMATCH',
      'XAmzContentSHA256Mismatch',
    )
    expect(error.facts).toMatchObject({ clientHash: hash, computedHash: sha256('body B') })
  })

  it.each(MECHANISMS)('a general service without the header: $mechanism', async ({ sign }) => {
    const message = sign({ service: 'execute-api', method: 'PUT', body: 'body A' })
    await expectLetIn(message)
    const altered = { ...message, body: bytesOf('body B') }
    await expectRefused(altered, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
  })
})

describe('A29 empty hash with a body', () => {
  it.each(EVERYWHERE)('$mechanism, $service', async ({ sign, service }) => {
    const message = sign({ service, headers: [hashHeader(EMPTY_HASH)], payloadHash: EMPTY_HASH })
    await expectLetIn(message)
    await expectLetIn({ ...message, body: bytesOf('') })
    const altered = { ...message, body: bytesOf('x') }
    await expectRefused(altered, 'PAYLOAD_MISMATCH', 'XAmzContentSHA256Mismatch')
  })

  it.each(MECHANISMS)('the hash of a body, and none sent: $mechanism', async ({ sign }) => {
    const hash = sha256('x')
    const message = sign({ headers: [hashHeader(hash)], payloadHash: hash })
    await expectRefused(message, 'PAYLOAD_MISMATCH', 'XAmzContentSHA256Mismatch')
  })
})

describe('A30 presign does not bind the body', () => {
  it.each(['GET', 'PUT'])('a presigned %s takes any body, and says so', async (method) => {
    const message = { ...presign({ method }), body: bytesOf('any body') }
    const verified = await expectLetIn(message)
    expect(verified).toMatchObject({ payload: 'unsigned', warnings: ['PAYLOAD_UNSIGNED'] })
  })

  it('maxBytes bounds it', async () => {
    const url = presign({ method: 'PUT' })
    await expectLetIn({ ...url, body: new Uint8Array(10) }, { maxBytes: 10 })
    const long = { ...url, body: new Uint8Array(11) }
    const error = await expectRefused(long, 'BODY_TOO_LARGE', 'EntityTooLarge', { maxBytes: 10 })
    expect(error.facts).toMatchObject({ maxBytes: '10' })
  })

  it.each(MECHANISMS)('a signed content-length binds its size: $mechanism', async ({ sign }) => {
    const unsigned = [hashHeader('UNSIGNED-PAYLOAD')]
    const message = sign({
      method: 'PUT',
      headers: [['content-length', '5'], ...unsigned],
      body: 'hello',
      payloadHash: 'UNSIGNED-PAYLOAD',
    })
    await expectLetIn(message)
    for (const body of ['hell', 'hello!', '']) {
      const error = await refusalOf({ ...message, body: bytesOf(body) })
      expect(error).toMatchObject({ code: 'BODY_LENGTH_MISMATCH', awsCode: 'IncompleteBody' })
    }
  })

  it('no byte over the signed content-length reaches the handler', async () => {
    const message = presign({ method: 'PUT', headers: [['content-length', '5']] })
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield bytesOf('abc')
    }
    const { body } = await verifierFor().verify({ ...message, body: endless() })
    const taken: Uint8Array[] = []
    const reading = (async () => {
      for await (const chunk of body!) taken.push(chunk)
    })()
    await expect(reading).rejects.toMatchObject({ code: 'BODY_LENGTH_MISMATCH' })
    expect(Buffer.concat(taken).toString()).toBe('abc')
  })
})

/**
 * Bodies: what is read before a request is let in, what is handed on, and what is refused at its end.
 */
import { describe, expect, it } from 'vitest'
import {
  bytesOf,
  MECHANISMS,
  presign,
  refusalOf,
  sha256,
  signInHeader,
  verifierFor,
  withBadSignature,
  type SentMessage,
} from '../../../../test/kit/messages.ts'
import type { RequestMessage } from './message.ts'
import type { VerifiedRequest } from './verified-request.ts'
import type { VerifierOptions } from './verifier.ts'

const MEBIBYTE = 1024 * 1024

/** A body that tells what was done with it. */
class Source implements AsyncIterable<Uint8Array> {
  reads = 0
  isClosed = false
  readonly #chunks: readonly Uint8Array[]

  constructor(...chunks: (string | number)[]) {
    this.#chunks = chunks.map((chunk) =>
      typeof chunk === 'string' ? bytesOf(chunk) : new Uint8Array(chunk).fill(120),
    )
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (const chunk of this.#chunks) {
        this.reads += 1
        yield chunk
      }
    } finally {
      this.isClosed = true
    }
  }
}

interface Taken {
  readonly text: string
  readonly error?: unknown
}

async function take({ body }: VerifiedRequest): Promise<Taken> {
  const chunks: Uint8Array[] = []
  const text = (): string => Buffer.concat(chunks).toString('latin1')
  try {
    for await (const chunk of body ?? []) chunks.push(chunk)
    return { text: text() }
  } catch (error) {
    return { text: text(), error }
  }
}

async function verify(
  message: RequestMessage,
  options: Partial<VerifierOptions<string>> = {},
): Promise<VerifiedRequest> {
  return verifierFor(options).verify(message)
}

function withBody(message: SentMessage, body: RequestMessage['body']): RequestMessage {
  return { ...message, body }
}

const signedX = (length: number): SentMessage => signInHeader({ method: 'PUT', body: 'x'.repeat(length) })

describe('a hashed body', () => {
  it.each([
    ['in one piece', bytesOf('hello')],
    ['in chunks', new Source('he', '', 'llo')],
    ['in single bytes', new Source(...'hello')],
  ])('%s is verified before anybody sees it', async (_, body) => {
    const verified = await verify(withBody(signInHeader({ method: 'PUT', body: 'hello' }), body))
    expect(verified.payload).toBe('verified')
    expect(await take(verified)).toEqual({ text: 'hello' })
  })

  it('a buffer with an offset counts as its view', async () => {
    const body = bytesOf('__hello__').subarray(2, 7)
    expect(await take(await verify(withBody(signInHeader({ body: 'hello' }), body)))).toEqual({
      text: 'hello',
    })
  })

  it.each([
    ['in one piece', bytesOf('hullo')],
    ['in chunks', new Source('hu', 'llo')],
    ['too short', new Source('hell')],
    ['too long', new Source('hello', '!')],
    ['none', new Source()],
    ['absent', undefined],
  ])('another one is refused at once: %s', async (_, body) => {
    const verifying = verify(withBody(signInHeader({ method: 'PUT', body: 'hello' }), body))
    await expect(verifying).rejects.toMatchObject({ code: 'PAYLOAD_MISMATCH' })
  })

  it('of 1 MiB is verified, and one byte more is pending', async () => {
    const whole = await verify(withBody(signedX(MEBIBYTE), new Source(MEBIBYTE)))
    expect(whole.payload).toBe('verified')
    const longer = await verify(withBody(signedX(MEBIBYTE + 1), new Source(MEBIBYTE, 1)))
    expect(longer.payload).toBe('pending')
    expect((await take(longer)).text).toHaveLength(MEBIBYTE + 1)
  })

  it.each([
    [4, 'pending'],
    [5, 'verified'],
    [0, 'pending'],
  ])('maxBufferedBody %i: %s', async (maxBufferedBody, payload) => {
    const source = new Source(...'xxxxx')
    const verified = await verify(withBody(signedX(5), source), { maxBufferedBody })
    expect(verified.payload).toBe(payload)
    expect(source.reads).toBeLessThanOrEqual(maxBufferedBody + 1)
    expect(await take(verified)).toEqual({ text: 'xxxxx' })
  })

  it('a pending one throws at its end when it is another', async () => {
    const verified = await verify(withBody(signedX(5), new Source(...'xxxxy')), { maxBufferedBody: 2 })
    expect(verified.payload).toBe('pending')
    const { text, error } = await take(verified)
    expect(text).toBe('xxxxy')
    expect(error).toMatchObject({ code: 'PAYLOAD_MISMATCH', facts: { clientHash: sha256('xxxxx') } })
  })

  it('a pending one throws when it ends too soon', async () => {
    const verified = await verify(withBody(signedX(5), new Source(...'xxxx')), { maxBufferedBody: 2 })
    expect((await take(verified)).error).toMatchObject({ code: 'PAYLOAD_MISMATCH' })
  })

  it('one in one piece is never pending', async () => {
    const body = new Uint8Array(MEBIBYTE + 1).fill(120)
    expect((await verify(withBody(signedX(MEBIBYTE + 1), body))).payload).toBe('verified')
  })

  it('in a presigned URL', async () => {
    const target = `/b/k?X-Amz-Content-Sha256=${sha256('hello')}`
    const url = presign({ method: 'PUT', target, payloadHash: sha256('hello') })
    expect((await verify(withBody(url, new Source('hello')))).payload).toBe('verified')
  })
})

describe('a hash that is computed', () => {
  describe.each(MECHANISMS)('$mechanism', ({ sign }) => {
    const message = sign({ service: 'execute-api', method: 'POST', body: 'hello' })

    it.each([
      ['in one piece', bytesOf('hello')],
      ['in chunks', new Source('he', 'llo')],
    ])('%s', async (_, body) => {
      const verified = await verify(withBody(message, body))
      expect(verified).toMatchObject({ payload: 'verified', warnings: [] })
      expect(await take(verified)).toEqual({ text: 'hello' })
    })

    it('none at all is verified as well', async () => {
      const verified = await verify(sign({ service: 'execute-api' }))
      expect(verified.payload).toBe('verified')
      expect(verified.body).toBeUndefined()
    })

    it('another body is another signature', async () => {
      for (const body of [bytesOf('hullo'), new Source('hello', '!'), undefined]) {
        await expect(verify(withBody(message, body))).rejects.toMatchObject({ code: 'SIGNATURE_MISMATCH' })
      }
    })

    it('no more is read than maxBufferedBody or maxBytes', async () => {
      const rules = { service: 'execute-api', method: 'POST' }
      const long = sign({ ...rules, body: 'x'.repeat(MEBIBYTE + 1) })
      const source = new Source(MEBIBYTE, 1, 1, 1)
      await expect(verify(withBody(long, source))).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
      expect(source).toMatchObject({ reads: 2, isClosed: true })
      const most = sign({ ...rules, body: 'x'.repeat(MEBIBYTE) })
      expect((await verify(withBody(most, new Source(MEBIBYTE)))).payload).toBe('verified')
      for (const options of [{ maxBytes: 4 }, { maxBufferedBody: 4 }]) {
        await expect(verify(message, options)).rejects.toMatchObject({
          code: 'BODY_TOO_LARGE',
          facts: { maxBytes: '4' },
        })
      }
    })
  })
})

describe('an unsigned body', () => {
  it.each(MECHANISMS)('is handed on unread, with a warning: $mechanism', async ({ sign }) => {
    const message = sign({ method: 'PUT', payloadHash: 'UNSIGNED-PAYLOAD' })
    const source = new Source('any', 'thing')
    const verified = await verify(withBody(message, source))
    expect(verified).toMatchObject({ payload: 'unsigned', warnings: ['PAYLOAD_UNSIGNED'] })
    expect(source.reads).toBe(0)
    expect(await take(verified)).toEqual({ text: 'anything' })
  })

  it('without a body there is nothing to warn of', async () => {
    const verified = await verify(presign())
    expect(verified).toMatchObject({ payload: 'unsigned', warnings: [] })
    expect(verified.body).toBeUndefined()
  })
})

describe('maxBytes', () => {
  const options = { maxBytes: 5 }

  it('the first byte over it is refused', async () => {
    expect(await take(await verify(withBody(presign(), new Source(...'hello')), options))).toEqual({
      text: 'hello',
    })
    const source = new Source(...'hello!!!')
    const { text, error } = await take(await verify(withBody(presign(), source), options))
    expect(text).toBe('hello')
    expect(error).toMatchObject({
      code: 'BODY_TOO_LARGE',
      awsCode: 'EntityTooLarge',
      facts: { maxBytes: '5' },
    })
    expect(source).toMatchObject({ reads: 6, isClosed: true })
  })

  it('a hashed body over it is refused before anybody sees it', async () => {
    for (const body of [bytesOf('xxxxxx'), new Source(...'xxxxxx')]) {
      await expect(verify(withBody(signedX(6), body), options)).rejects.toMatchObject({
        code: 'BODY_TOO_LARGE',
      })
    }
  })

  it('zero takes none', async () => {
    await expect(verify(signedX(1), { maxBytes: 0 })).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
    expect((await verify(signedX(0), { maxBytes: 0 })).payload).toBe('verified')
  })
})

describe('a signed content-length', () => {
  const message = presign({ method: 'PUT', headers: [['content-length', '5']] })

  it.each([
    ['hello', undefined],
    ['hell', 'BODY_LENGTH_MISMATCH'],
    ['hello!', 'BODY_LENGTH_MISMATCH'],
    ['', 'BODY_LENGTH_MISMATCH'],
  ])('%s', async (text, code) => {
    const { error } = await take(await verify(withBody(message, new Source(...text))))
    if (code === undefined) expect(error).toBeUndefined()
    else expect(error).toMatchObject({ code, awsCode: 'IncompleteBody', facts: { length: '5' } })
  })

  it('with no body at all', async () => {
    expect((await refusalOf({ ...message, body: undefined })).code).toBe('BODY_LENGTH_MISMATCH')
    await verify(presign({ headers: [['content-length', '0']] }))
  })

  it('the smaller of it and maxBytes counts', async () => {
    const source = new Source(...'hello')
    const verifying = verify(withBody(message, source), { maxBytes: 4 })
    await expect(verifying).rejects.toMatchObject({
      code: 'BODY_TOO_LARGE',
      facts: { maxBytes: '4', proposedSize: '5' },
    })
    expect(source.reads).toBe(0)
  })

  it.each(['', '-1', '5x', '0x5', '5,5', '1e1', '5 5', '1234567890123456'])(
    '%j is no length',
    async (length) => {
      const odd = presign({ headers: [['content-length', length]] })
      expect(await refusalOf(odd)).toMatchObject({
        code: 'REQUEST_MALFORMED',
        facts: { header: 'content-length' },
      })
    },
  )

  it('where it is not signed it counts for nothing', async () => {
    const unsigned = { ...presign(), headers: [...presign().headers, ['content-length', '99'] as const] }
    expect(await take(await verify(withBody(unsigned, new Source('hello'))))).toEqual({ text: 'hello' })
  })
})

describe('whoever reads', () => {
  it('no byte is read for a request that is refused by its head', async () => {
    for (const message of [
      withBadSignature(signedX(5)),
      signInHeader({ accessKeyId: 'NOBODY', body: 'xxxxx' }),
    ]) {
      const source = new Source(...'xxxxx')
      await refusalOf(withBody(message, source))
      expect(source.reads).toBe(0)
    }
  })

  it('an aborted signal ends it', async () => {
    const reason = new Error('the client left')
    const controller = new AbortController()
    const source = new Source(...'hello')
    const verified = await verify({ ...presign(), body: source, signal: controller.signal })
    const reading = verified.body![Symbol.asyncIterator]()
    await reading.next()
    controller.abort(reason)
    await expect(reading.next()).rejects.toBe(reason)
    expect(source.isClosed).toBe(true)
  })

  it('one that was aborted before lets no body through', async () => {
    const signal = AbortSignal.abort(new Error('gone'))
    await expect(verify({ ...signedX(5), signal })).rejects.toThrow('gone')
    const general = signInHeader({ service: 'execute-api', body: 'x' })
    await expect(verify({ ...general, signal })).rejects.toThrow('gone')
  })

  it('an error of the source is passed on', async () => {
    const fault = new Error('reset by peer')
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield bytesOf('x')
      throw fault
    }
    await expect(verify(withBody(signedX(5), failing()))).rejects.toBe(fault)
    const { text, error } = await take(await verify(withBody(presign(), failing())))
    expect([text, error]).toEqual(['x', fault])
  })

  it.each([
    ['unsigned', presign(), {}],
    ['pending, within what was held back', signedX(9), { maxBufferedBody: 4 }],
  ])('one that stops early closes the source: %s', async (_, message, options) => {
    const source = new Source(...'xxxxxxxxx')
    const { body } = await verify(withBody(message, source), options)
    for await (const chunk of body!) {
      expect(chunk[0]).toBe(120)
      break
    }
    expect(source.isClosed).toBe(true)
  })
})

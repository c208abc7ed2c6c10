/**
 * HTTP/2 requests that no client would send, frame by frame: above all those whose host two readers see differently.
 */
import { describe, expect, it } from 'vitest'
import { socketOf } from '../kit/everywhere.ts'
import { http2Fields, type WireOutcome } from '../kit/guarded-sockets.ts'
import { writeHttp2 } from '../kit/raw-http2.ts'
import { HOST, MECHANISMS, signInHeader, verifierFor, type HeaderField, type Sign } from '../kit/messages.ts'

const FIELDS = http2Fields(signInHeader())

async function send(fields: readonly HeaderField[], body?: Uint8Array): Promise<WireOutcome> {
  return (await socketOf('http2')).sendBytes(writeHttp2(fields, body), verifierFor())
}

async function expectLetIn(fields: readonly HeaderField[]): Promise<void> {
  const { verified, refusal } = await send(fields)
  expect([refusal, verified?.principal]).toEqual([undefined, 'alice'])
}

/** Refused by the verifier, or, without a code, by the protocol. */
async function expectRefused(fields: readonly HeaderField[], code?: string): Promise<void> {
  const { verified, refusal } = await send(fields)
  expect([verified, refusal?.code]).toEqual([undefined, code])
}

function without(fields: readonly HeaderField[], wanted: string): HeaderField[] {
  return fields.filter(([name]) => name !== wanted)
}

/** With a field in the place of another one, or before the first that is none of HTTP/2's own. */
function replaced(wanted: string, ...others: HeaderField[]): HeaderField[] {
  return FIELDS.flatMap((field) => (field[0] === wanted ? others : [field]))
}

describe.each(MECHANISMS)('A12 :authority and host: $mechanism', ({ sign }: { sign: Sign }) => {
  const fields = http2Fields(sign())

  it(':authority stands for host', async () => {
    await expectLetIn(fields)
  })

  it('both may come, if they agree', async () => {
    await expectLetIn([...fields, ['host', HOST]])
  })

  it('host may come alone', async () => {
    await expectLetIn([...without(fields, ':authority'), ['host', HOST]])
  })

  it('one that differs from the other is refused, whichever was signed', async () => {
    for (const authority of [HOST, 'tenant-b.example.com']) {
      const host = authority === HOST ? 'tenant-b.example.com' : HOST
      const other = fields.map(([name, value]): HeaderField => [
        name,
        name === ':authority' ? authority : value,
      ])
      await expectRefused([...other, ['host', host]], 'REQUEST_MALFORMED')
    }
  })

  it('neither', async () => {
    const { verified } = await send(without(fields, ':authority'))
    expect(verified).toBeUndefined()
  })

  it('another one than was signed', async () => {
    const other = fields.map(([name, value]): HeaderField => [
      name,
      name === ':authority' ? 'tenant-b.example.com' : value,
    ])
    await expectRefused(other, 'SIGNATURE_MISMATCH')
  })

  it('two hosts beside it', async () => {
    const { verified } = await send([...fields, ['host', HOST], ['host', 'tenant-b.example.com']])
    expect(verified).toBeUndefined()
  })
})

describe('A15 duplicate and misplaced fields of HTTP/2', () => {
  it.each([':method', ':path', ':scheme', ':authority'])('two %s', async (name) => {
    const [, value] = FIELDS.find(([other]) => other === name)!
    await expectRefused(replaced(name, [name, value], [name, value]))
    await expectRefused(replaced(name, [name, value], [name, 'x']))
  })

  it.each(['x-amz-date', 'authorization', 'x-amz-content-sha256'])('two %s', async (name) => {
    const [, value] = FIELDS.find(([other]) => other === name)!
    await expectRefused([...FIELDS, [name, value]], 'REQUEST_MALFORMED')
    await expectRefused([...FIELDS, [name, 'other']], 'REQUEST_MALFORMED')
  })

  it.each([
    ['a pseudo header behind the others', [...FIELDS, [':path', '/other'] as const]],
    ['an unknown pseudo header', [[':x', 'y'] as const, ...FIELDS]],
    ['no method', without(FIELDS, ':method')],
    ['no path', without(FIELDS, ':path')],
    ['an empty path', replaced(':path', [':path', ''])],
    ['a name in capitals', [...FIELDS, ['X-Amz-Acl', 'public-read'] as const]],
    ['a header of the connection', [...FIELDS, ['connection', 'x-amz-date'] as const]],
    ['transfer-encoding', [...FIELDS, ['transfer-encoding', 'chunked'] as const]],
  ])('%s', async (_, fields) => {
    await expectRefused(fields)
  })
})

describe('A5 fields that cannot be', () => {
  // Node takes them out of a request before anybody sees it.
  it.each([
    ['x-amz-acl ', 'public-read'],
    ['x-a', '1\r\nx-amz-acl: public-read'],
    ['x-a', '1\0'],
  ])('%j: %j reaches nobody', async (name, value) => {
    await expectLetIn([...FIELDS, [name, value]])
    if (name.endsWith(' ')) return
    const signed = http2Fields(signInHeader({ headers: [[name, value]] }))
    const { verified } = await send(signed)
    expect(verified).toBeUndefined()
  })
})

describe('A22 the path', () => {
  it.each([
    ['another one', '/bucket/other', 'SIGNATURE_MISMATCH'],
    ['dot segments', '/x/../bucket/key', 'SIGNATURE_MISMATCH'],
    ['two slashes', '//bucket/key', 'SIGNATURE_MISMATCH'],
    ['a fragment', '/bucket/key#x', 'REQUEST_MALFORMED'],
  ])('%s', async (_, path, code) => {
    await expectRefused(replaced(':path', [':path', path]), code)
  })

  it.each([`http://${HOST}/bucket/key`, 'bucket/key', '*', '/bucket/key x', '/bucket/key\x01'])(
    '%j',
    async (path) => {
      const { verified } = await send(replaced(':path', [':path', path]))
      expect(verified).toBeUndefined()
    },
  )

  it('the scheme says nothing of who may come in', async () => {
    await expectLetIn(replaced(':scheme', [':scheme', 'https']))
  })
})

describe('A25 lengths', () => {
  const PUT = signInHeader({ method: 'PUT', body: 'abc' })
  const fields = http2Fields(PUT)

  it('none is needed', async () => {
    const { verified } = await send(fields, PUT.body)
    expect(verified?.payload).toBe('verified')
  })

  it.each(['2', '4', '-3', '3, 3', 'x'])('content-length: %s with three bytes', async (length) => {
    const { verified } = await send([...fields, ['content-length', length]], PUT.body)
    expect(verified).toBeUndefined()
  })

  it('a body that is not the one that was signed, and none', async () => {
    const { refusal } = await send(fields, Buffer.from('abd'))
    expect(refusal?.code).toBe('PAYLOAD_MISMATCH')
    await expectRefused(fields, 'PAYLOAD_MISMATCH')
  })
})

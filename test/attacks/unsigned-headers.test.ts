/**
 * Attacks with headers that the signature does not cover.
 */
import { describe, expect, it } from 'vitest'
import { expectLetIn, expectRefused } from '../kit/everywhere.ts'
import {
  BAD_SIGNATURE,
  dateAt,
  EVERYWHERE,
  HOST,
  MECHANISMS,
  presign,
  SECRET,
  signInHeader,
  TOKEN,
  withAuthorization,
  withBadSignature,
  withHeaders,
  withoutHeader,
  withTarget,
  type HeaderField,
  type SentMessage,
} from '../kit/messages.ts'

const STEERING: HeaderField[] = [
  ['x-amz-copy-source', '/private/secret'],
  ['X-Amz-Copy-Source', '/private/secret'],
  ['x-amz-acl', 'public-read'],
  ['x-amz-tagging', 'a=b'],
  ['x-amz-object-lock-mode', 'GOVERNANCE'],
  ['x-amz-object-lock-legal-hold', 'OFF'],
  ['x-amz-server-side-encryption', 'aws:kms'],
  ['x-amz-server-side-encryption-customer-key', 'a2V5'],
  ['x-amz-website-redirect-location', 'https://evil.example'],
  ['x-amz-security-token', TOKEN],
  ['x-amz-meta-a', 'b'],
  ['x-amz-', ''],
]

function streamed(message: SentMessage): SentMessage {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array([1, 2, 3])
  }
  return { ...message, body: chunks() } as unknown as SentMessage
}

async function expectNotSigned(message: SentMessage, headersNotSigned: string): Promise<void> {
  const error = await expectRefused(message, 'HEADERS_NOT_SIGNED', 'AccessDenied')
  expect(error.facts).toMatchObject({ headersNotSigned })
}

describe('A4 unsigned x-amz-* steers a presigned PUT', () => {
  describe.each(['s3', 'execute-api'])('%s', (service) => {
    it.each(STEERING)('%s: %s', async (name, value) => {
      const url = presign({ service, method: 'PUT', target: '/up/x', signedHeaders: 'host' })
      const steered = withHeaders(url, [name, value])
      await expectNotSigned(steered, name.toLowerCase())
      await expectNotSigned(streamed(steered), name.toLowerCase())
      await expectNotSigned(withBadSignature(steered), name.toLowerCase())
    })
  })

  it('several are all named, each once', async () => {
    const url = presign({ method: 'PUT', target: '/up/x' })
    const steered = withHeaders(url, ['x-amz-acl', 'private'], ['X-Amz-Tagging', 'a'], ['X-AMZ-ACL', 'b'])
    await expectNotSigned(steered, 'x-amz-acl, x-amz-tagging')
  })

  it('a token in the header beside the one in the URL', async () => {
    const url = presign({ method: 'PUT', sessionToken: TOKEN })
    const steered = withHeaders(url, ['x-amz-security-token', 'other'])
    await expectRefused(steered, 'MECHANISMS_SEVERAL', 'InvalidArgument')
  })

  it('signed ones, unsigned ones of other kinds, and those of the allow-list are let in', async () => {
    const url = presign({ method: 'PUT', target: '/up/x', headers: [['x-amz-acl', 'private']] })
    await expectLetIn(url)
    await expectLetIn(withHeaders(url, ['content-type', 'text/html'], ['x-amzn-trace-id', 'Root=1']))
    const fronted = withHeaders(url, ['X-Amz-Cf-Id', 'abc'])
    await expectNotSigned(fronted, 'x-amz-cf-id')
    await expectLetIn(fronted, { allowUnsignedHeaders: ['X-Amz-CF-Id'] })
  })

  it('a signed header that changed', async () => {
    const url = presign({ method: 'PUT', headers: [['content-type', 'text/plain']] })
    const changed = withHeaders(withoutHeader(url, 'content-type'), ['content-type', 'text/html'])
    await expectRefused(changed, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
  })

  it('a second field of a signed name', async () => {
    const url = presign({ method: 'PUT', headers: [['x-amz-acl', 'private']] })
    const doubled = withHeaders(url, ['x-amz-acl', 'public-read'])
    await expectRefused(doubled, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
  })
})

describe('A5 unsigned x-amz-* steers a request signed in its header', () => {
  describe.each(['s3', 'execute-api'])('%s', (service) => {
    it.each(STEERING)('%s: %s', async (name, value) => {
      const message = signInHeader({ service, method: 'PUT', target: '/up/x' })
      const steered = withHeaders(message, [name, value])
      await expectNotSigned(steered, name.toLowerCase())
      await expectNotSigned(streamed(steered), name.toLowerCase())
      await expectNotSigned(withBadSignature(steered), name.toLowerCase())
    })
  })

  it('the date itself not signed', async () => {
    await expectNotSigned(signInHeader({ signedHeaders: 'host;x-amz-content-sha256' }), 'x-amz-date')
  })

  it('signed ones are let in', async () => {
    await expectLetIn(signInHeader({ method: 'PUT', headers: STEERING.slice(1, 4) }))
  })
})

describe('A12 host not signed', () => {
  it.each(EVERYWHERE)('$mechanism, $service: another header is signed', async ({ sign, service }) => {
    const message = sign({
      service,
      headers: [
        ['Host', 'tenant-b.example.com'],
        ['x-amz-meta-a', 'b'],
      ],
      signedHeaders: sign === presign ? 'x-amz-meta-a' : signedNamesWithoutHost(service),
    })
    await expectNotSigned(message, 'host')
    await expectNotSigned(withBadSignature(message), 'host')
  })

  function signedNamesWithoutHost(service: string): string {
    return service === 's3' ? 'x-amz-content-sha256;x-amz-date;x-amz-meta-a' : 'x-amz-date;x-amz-meta-a'
  }

  it('neither host nor x-amz-date', async () => {
    const message = signInHeader({
      service: 'execute-api',
      signedHeaders: 'accept',
      headers: [['accept', '*']],
    })
    await expectNotSigned(message, 'host, x-amz-date')
    await expectNotSigned(signInHeader({ signedHeaders: 'x-amz-content-sha256' }), 'host, x-amz-date')
  })

  it('signed, and sent to another tenant', async () => {
    const message = signInHeader()
    const moved = withHeaders(withoutHeader(message, 'host'), ['host', 'tenant-b.example.com'])
    await expectRefused(moved, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
  })

  it.each(MECHANISMS)('no host at all: $mechanism', async ({ sign }) => {
    await expectRefused(withoutHeader(sign(), 'host'), 'SIGNED_HEADER_MISSING', 'SignatureDoesNotMatch')
  })
})

describe('A13 signed header absent', () => {
  describe.each(EVERYWHERE)('$mechanism, $service', ({ sign, service }) => {
    it.each(['x-amz-meta-a', 'range'])('%s signed, and taken out', async (name) => {
      const message = sign({ service, headers: [[name, 'b']] })
      await expectLetIn(message)
      const error = await expectRefused(
        withoutHeader(message, name),
        'SIGNED_HEADER_MISSING',
        'SignatureDoesNotMatch',
      )
      expect(error.facts).toMatchObject({ header: name })
    })

    it('named, skipped in the canonical request and signed so', async () => {
      const names = namesOf(sign({ service }), ['x-amz-meta-a'])
      const message = sign({ service, signedHeaders: names })
      await expectRefused(message, 'SIGNED_HEADER_MISSING', 'SignatureDoesNotMatch')
    })
  })

  it('an empty header is not an absent one', async () => {
    await expectLetIn(presign({ headers: [['x-amz-meta-a', '']] }))
  })
})

/** SignedHeaders of a message with more names. */
function namesOf({ headers, target }: SentMessage, more: readonly string[]): string {
  const text = headers.find(([name]) => name === 'authorization')?.[1] ?? decodeURIComponent(target)
  const names = /SignedHeaders=([^,&]*)/.exec(text)?.[1]?.split(';') ?? []
  return [...names, ...more].toSorted().join(';')
}

describe('A14 absent signed header taken from the query', () => {
  it.each(EVERYWHERE)('$mechanism, $service', async ({ sign, service }) => {
    const target = '/bucket/key?x-amz-acl=private'
    const signed = sign({ service, target, headers: [['x-amz-acl', 'private']] })
    await expectLetIn(signed)
    const absent = withoutHeader(signed, 'x-amz-acl')
    await expectRefused(absent, 'SIGNED_HEADER_MISSING', 'SignatureDoesNotMatch')
    const skipped = sign({ service, target, signedHeaders: namesOf(sign({ service }), ['x-amz-acl']) })
    await expectRefused(skipped, 'SIGNED_HEADER_MISSING', 'SignatureDoesNotMatch')
  })
})

describe('A40 header-side expiry', () => {
  it.each(EVERYWHERE)('$mechanism, $service', async ({ sign, service }) => {
    const late = sign({ service, amzDate: dateAt(-60), expires: '30' })
    await expectNotSigned(withHeaders(sign({ service }), ['X-Amz-Expires', '604800']), 'x-amz-expires')
    if (sign === presign) {
      const longer = withHeaders(late, ['X-Amz-Expires', '604800'])
      await expectRefused(longer, 'EXPIRED', 'AccessDenied')
    }
  })

  it('it does not stand in for the parameter', async () => {
    const message = presign({ expires: undefined, headers: [['x-amz-expires', '60']] })
    await expectRefused(message, 'QUERY_PARAMETER_MISSING', 'AuthorizationQueryParametersError')
  })

  it('signed, it has no meaning', async () => {
    await expectLetIn(signInHeader({ headers: [['x-amz-expires', '1']], amzDate: dateAt(-60) }))
  })
})

describe('B3 token not signed', () => {
  const temporary = { secrets: () => ({ secretAccessKey: SECRET, sessionToken: TOKEN, principal: 'alice' }) }
  const token: HeaderField = ['X-Amz-Security-Token', TOKEN]

  it.each(EVERYWHERE)('$mechanism, $service', async ({ sign, service }) => {
    const message = withHeaders(sign({ service }), token)
    const error = await expectRefused(message, 'HEADERS_NOT_SIGNED', 'AccessDenied', temporary)
    expect(error.facts).toMatchObject({ headersNotSigned: 'x-amz-security-token' })
    await expectLetIn(sign({ service, sessionToken: TOKEN }), temporary)
  })

  it('the token of a URL taken off or put on', async () => {
    const url = presign({ sessionToken: TOKEN })
    const taken = withTarget(url, (target) => target.replace(/&X-Amz-Security-Token=[^&]*/, ''))
    await expectRefused(taken, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch', temporary)
    const put = withTarget(
      presign(),
      (target) => `${target}&X-Amz-Security-Token=${encodeURIComponent(TOKEN)}`,
    )
    await expectRefused(put, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch', temporary)
  })

  it('a service that takes the token after signing', async () => {
    const iot = { ...temporary, service: 'iotdevicegateway' }
    const url = presign({ service: 'iotdevicegateway', target: '/mqtt' })
    const ended = withTarget(url, (target) => `${target}&X-Amz-Security-Token=${encodeURIComponent(TOKEN)}`)
    await expectLetIn(ended, iot)
    await expectLetIn(withHeaders(signInHeader({ service: 'iotdevicegateway' }), token), iot)
    const other = withTarget(url, (target) => `${target}&X-Amz-Security-Token=other`)
    await expectRefused(other, 'TOKEN_INVALID', 'InvalidToken', iot)
  })
})

describe('neighbours of the rows above that are let in', () => {
  it('upper-case names and blanks around and inside a value', async () => {
    const message = signInHeader({ headers: [['x-amz-meta-a', 'b c']] })
    const shouted = message.headers.map<HeaderField>(([name, value]) => [name.toUpperCase(), value])
    await expectLetIn({ ...message, headers: shouted })
    const loose = withHeaders(withoutHeader(message, 'x-amz-meta-a'), ['X-Amz-Meta-A', ' \tb \t c  '])
    await expectLetIn(loose)
  })

  it('repeated headers in the order that was signed', async () => {
    const repeated: HeaderField[] = [
      ['x-amz-meta-a', '1'],
      ['X-Amz-Meta-A', ' 2'],
    ]
    for (const { sign } of MECHANISMS) {
      const message = sign({ headers: repeated })
      await expectLetIn(message)
      const joined = withHeaders(withoutHeader(message, 'x-amz-meta-a'), ['x-amz-meta-a', '1,2'])
      await expectLetIn(joined)
      const turned = withHeaders(withoutHeader(message, 'x-amz-meta-a'), ...repeated.toReversed())
      await expectRefused(turned, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
    }
  })

  it('a host in capitals is another host, and a bad signature is one wherever it stands', async () => {
    const message = signInHeader()
    const capital = withHeaders(withoutHeader(message, 'host'), ['host', HOST.toUpperCase()])
    await expectRefused(capital, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch')
    const error = await expectRefused(
      withAuthorization(message, (value) => value.replace(/[0-9a-f]{64}$/, BAD_SIGNATURE)),
      'SIGNATURE_MISMATCH',
      'SignatureDoesNotMatch',
    )
    expect(error.facts).toMatchObject({ signatureProvided: BAD_SIGNATURE })
  })
})

/**
 * Bytes that are no clean HTTP/1.1 request, written to a socket of Node's `http` behind `requireSignature`. Node's parser
 * refuses most of them; what it lets through, the verifier must read in the one way in which it was signed.
 */
import { describe, expect, it } from 'vitest'
import { socketOf } from '../kit/everywhere.ts'
import { writeHttp1, type WireOutcome } from '../kit/guarded-sockets.ts'
import { exchangeBytes } from '../kit/servers.ts'
import { BAD_SIGNATURE, HOST, presign, signInHeader, verifierFor, type SentMessage } from '../kit/messages.ts'

const PUT: SentMessage = signInHeader({
  method: 'PUT',
  target: '/b/k',
  headers: [['x-amz-meta-a', '1']],
  body: 'abc',
})

async function send(bytes: string): Promise<WireOutcome> {
  return (await socketOf('http1')).sendBytes(Buffer.from(bytes, 'latin1'), verifierFor())
}

function bytesOf(message: SentMessage): string {
  return writeHttp1(message).toString('latin1')
}

/** The good request with its bytes changed; something must have changed. */
function changed(from: string | RegExp, to: string, message = PUT): string {
  const bytes = bytesOf(message)
  const other = bytes.replace(from, to)
  expect(other).not.toBe(bytes)
  return other
}

/** Refused, by the guard with its own code or by Node's parser before it. */
async function expectRefused(bytes: string, code?: string): Promise<void> {
  const { verified, refusal, answer } = await send(bytes)
  expect(verified).toBeUndefined()
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
  expect(refusal?.code).toBe(code)
}

async function expectLetIn(bytes: string): Promise<void> {
  const { verified, refusal } = await send(bytes)
  expect([refusal, verified?.principal]).toEqual([undefined, 'alice'])
}

it('the request that all others are made of is let in', async () => {
  await expectLetIn(bytesOf(PUT))
})

describe('A15 duplicate header', () => {
  it.each(['host', 'x-amz-date', 'authorization', 'x-amz-content-sha256'])(
    '%s, behind and before',
    async (name) => {
      const line = new RegExp(`${name}: .*\r\n`, 'i').exec(bytesOf(PUT))![0]
      await expectRefused(changed(line, line + line), 'REQUEST_MALFORMED')
      const other = `${name.toUpperCase()}: other\r\n`
      await expectRefused(changed(line, line + other), 'REQUEST_MALFORMED')
      await expectRefused(changed(line, other + line), 'REQUEST_MALFORMED')
    },
  )

  it('a repeated header of the application is one list, in its order', async () => {
    await expectRefused(
      changed('x-amz-meta-a: 1', 'x-amz-meta-a: 1\r\nx-amz-meta-a: 2'),
      'SIGNATURE_MISMATCH',
    )
    const twice = signInHeader({
      headers: [
        ['x-amz-meta-a', '1'],
        ['x-amz-meta-a', '2'],
      ],
    })
    await expectLetIn(bytesOf(twice))
    await expectRefused(
      changed(/(x-amz-meta-a: 1\r\n)(x-amz-meta-a: 2\r\n)/, '$2$1', twice),
      'SIGNATURE_MISMATCH',
    )
  })
})

describe('A24 lines and bytes that two readers see differently', () => {
  it.each([
    ['a header folded by a blank', 'x-amz-meta-a: 1', 'x-amz-meta-a: 1\r\n 2'],
    ['a header folded by a tab', 'x-amz-meta-a: 1', 'x-amz-meta-a: 1\r\n\tx-amz-acl: public-read'],
    ['a folded first header', 'PUT /b/k HTTP/1.1\r\n', 'PUT /b/k HTTP/1.1\r\n x: y\r\n'],
    ['a bare LF behind a header', 'x-amz-meta-a: 1', 'x-amz-meta-a: 1\nx-amz-acl: public-read'],
    ['a bare CR within a header', 'x-amz-meta-a: 1', 'x-amz-meta-a: 1\rx-amz-acl: public-read'],
    ['a bare LF behind the request line', 'HTTP/1.1\r\n', 'HTTP/1.1\nx-amz-acl: public-read\r\n'],
    ['a NUL in a value', 'x-amz-meta-a: 1', 'x-amz-meta-a: 1\0'],
    ['a NUL in a name', 'x-amz-meta-a: 1', 'x-amz-meta-a\0: 1'],
    ['a control byte in a value', 'x-amz-meta-a: 1', 'x-amz-meta-a: \x011'],
    ['a DEL in a value', 'x-amz-meta-a: 1', 'x-amz-meta-a: \x7f1'],
    ['a blank before the colon', 'x-amz-meta-a: 1', 'x-amz-meta-a : 1'],
    ['a header without a colon', 'x-amz-meta-a: 1', 'x-amz-meta-a'],
    ['a header without a name', 'x-amz-meta-a: 1', ': 1'],
    ['a pseudo header', 'x-amz-meta-a: 1', 'x-amz-meta-a: 1\r\n:authority: evil.example'],
    ['a name that is not ASCII', 'x-amz-meta-a: 1', 'x-amz-meta-\xe4: 1'],
    ['a method in lower case', 'PUT /b/k', 'put /b/k'],
    ['an invented method', 'PUT /b/k', 'XPUT /b/k'],
    ['a method with a blank before it', 'PUT /b/k', ' PUT /b/k'],
    ['two blanks behind the method', 'PUT /b/k', 'PUT  /b/k\x01'],
    ['a version that is none', 'HTTP/1.1\r\n', 'HTTP/1.10\r\n'],
    ['a blank in the target', '/b/k', '/b/k HTTP/1.1 /x'],
    ['a control byte in the target', '/b/k', '/b/k\x01'],
    ['a NUL in the target', '/b/k', '/b/k\0'],
  ])('%s', async (_, from, to) => {
    await expectRefused(changed(from, to))
  })

  it('a name with _ is another name than the one with -', async () => {
    await expectRefused(changed('x-amz-meta-a: 1', 'x_amz_meta_a: 1'), 'SIGNED_HEADER_MISSING')
    // Behind a gateway of CGI's kind both would be one: it covers only what was signed.
    const { verified } = await send(changed('x-amz-meta-a: 1', 'x-amz-meta-a: 1\r\nx_amz_acl: public-read'))
    expect(verified?.covered.headers.map(([name]) => name)).not.toContain('x_amz_acl')
    expect(verified?.principal).toBe('alice')
  })

  it('capitals, and blanks around a value, change nothing', async () => {
    await expectLetIn(changed('x-amz-meta-a: 1', 'X-AMZ-META-A:\t 1 \t'))
    await expectLetIn(changed('x-amz-meta-a: 1', 'x-amz-meta-a:1'))
  })

  it('a header of bytes above ASCII is signed by its bytes', async () => {
    const latin = signInHeader({ headers: [['x-amz-meta-a', 'caf\xc3\xa9']] })
    await expectLetIn(bytesOf(latin))
    await expectRefused(changed('caf\xc3\xa9', 'caf\xe9', latin), 'SIGNATURE_MISMATCH')
  })
})

describe('A21 the target in absolute form', () => {
  it('of the host is the same request', async () => {
    await expectLetIn(changed('PUT /b/k', `PUT http://${HOST}/b/k`))
    await expectLetIn(changed('PUT /b/k', `PUT http://${HOST.toUpperCase()}/b/k`))
  })

  it.each([
    ['another host', 'http://tenant-b.example.com/b/k'],
    ['a port', `http://${HOST}:80/b/k`],
    ['a user', `http://user@${HOST}/b/k`],
    ['a fragment', `http://${HOST}/b/k#`],
    ['another scheme', `ftp://${HOST}/b/k`],
    ['no authority', 'http:///b/k'],
    ['the form of CONNECT', `${HOST}:80`],
    ['an asterisk', '*'],
    ['a backslash', '\\b\\k'],
  ])('with %s', async (_, target) => {
    const { verified, answer } = await send(changed('PUT /b/k', `PUT ${target}`))
    expect(verified).toBeUndefined()
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
  })

  it('two slashes begin a path, and no host', async () => {
    const doubled = signInHeader({ target: '//b/k' })
    await expectLetIn(bytesOf(doubled))
    await expectRefused(changed('GET //b/k', 'GET /b/k', doubled), 'SIGNATURE_MISMATCH')
  })

  it('a host that is missing or empty', async () => {
    await expectRefused(changed(/host: .*\r\n/, ''), 'SIGNED_HEADER_MISSING')
    await expectRefused(changed(/host: .*\r\n/, 'host:\r\n'), 'SIGNATURE_MISMATCH')
  })
})

describe('A33 lengths that are smuggled', () => {
  const framed = (framing: string, body: string): string =>
    changed(/content-length: 3\r\n\r\nabc$/, `${framing}\r\n\r\n${body}`)
  const chunked = 'transfer-encoding: chunked'
  const abc = '3\r\nabc\r\n0\r\n\r\n'

  it('chunks without a length are the body', async () => {
    await expectLetIn(framed(chunked, abc))
    await expectRefused(framed(chunked, '4\r\nabcd\r\n0\r\n\r\n'), 'PAYLOAD_MISMATCH')
    await expectRefused(framed(chunked, '0\r\n\r\n'), 'PAYLOAD_MISMATCH')
  })

  it.each([
    ['a length and chunks', `content-length: 3\r\n${chunked}`, abc],
    ['chunks and a length', `${chunked}\r\ncontent-length: 3`, abc],
    ['two lengths that differ', 'content-length: 3\r\ncontent-length: 4', 'abcd'],
    ['two lengths that agree', 'content-length: 3\r\ncontent-length: 3', 'abc'],
    ['a list of lengths', 'content-length: 3, 3', 'abc'],
    ['a negative length', 'content-length: -3', 'abc'],
    ['a length with a sign', 'content-length: +3', 'abc'],
    ['a length in hex', 'content-length: 0x3', 'abc'],
    ['a length that is none', 'content-length: three', 'abc'],
    ['a length beyond 64 bits', 'content-length: 18446744073709551619', 'abc'],
    ['chunks that are not last', 'transfer-encoding: chunked, identity', abc],
    ['chunks twice', 'transfer-encoding: chunked, chunked', abc],
    ['an unknown coding', 'transfer-encoding: xchunked', abc],
    ['a coding with a control byte', 'transfer-encoding: \x0bchunked', abc],
    ['a chunk size with a sign', chunked, '+3\r\nabc\r\n0\r\n\r\n'],
    ['a chunk size with 0x', chunked, '0x3\r\nabc\r\n0\r\n\r\n'],
    ['a chunk size beyond 64 bits', chunked, '10000000000000003\r\nabc\r\n0\r\n\r\n'],
    ['a chunk that is longer than its size', chunked, '2\r\nabc\r\n0\r\n\r\n'],
    ['a bare LF behind a chunk size', chunked, '3\nabc\r\n0\r\n\r\n'],
    ['a bare LF behind a chunk', chunked, '3\r\nabc\n0\r\n\r\n'],
    ['a bare CR behind a chunk size', chunked, '3\rabc\r\n0\r\n\r\n'],
  ])('%s', async (_, framing, body) => {
    const { verified, answer } = await send(framed(framing, body))
    expect(verified).toBeUndefined()
    expect(answer).toMatch(/^(?:HTTP\/1\.1 4\d\d |$)/)
  })

  it('what a chunk extension or a trailer says is heard by nobody', async () => {
    const { verified } = await send(
      framed(chunked, '3;a=b;chunk-signature=0\r\nabc\r\n0\r\nx-amz-acl: public-read\r\n\r\n'),
    )
    expect(verified?.principal).toBe('alice')
    expect(verified?.covered.headers.map(([name]) => name)).not.toContain('x-amz-acl')
  })

  it('a request that hides in a body gets a verdict of its own', async () => {
    const hidden = bytesOf(signInHeader({ target: '/hidden' })).replace(
      /[0-9a-f]{64}\r\n\r\n$/,
      `${BAD_SIGNATURE}\r\n\r\n`,
    )
    const { verified, refusal } = await send(changed(/abc$/, `abc${hidden}`))
    expect([verified?.covered.path, refusal?.code]).not.toContain('/hidden')
    const inBody = signInHeader({ method: 'PUT', target: '/b/k', body: hidden })
    const { verified: outer } = await send(bytesOf(inBody))
    expect(outer?.covered.path).toBe('/b/k')
  })

  it('a body on a GET, and on a presigned one, is a body', async () => {
    await expectRefused(bytesOf({ ...signInHeader(), body: Buffer.from('x') }), 'PAYLOAD_MISMATCH')
    const { verified } = await send(bytesOf({ ...presign(), body: Buffer.from('x') }))
    expect(verified).toMatchObject({ payload: 'unsigned', warnings: ['PAYLOAD_UNSIGNED'] })
  })
})

describe('A16 what comes with a connection', () => {
  it('each request of a connection is verified for itself', async () => {
    const good = bytesOf(signInHeader({ target: '/one' }))
    const bare = `GET /two HTTP/1.1\r\nhost: ${HOST}\r\n\r\n`
    await expectLetIn(good)
    const { port } = await socketOf('http1')
    const closing = good.replace('\r\n', '\r\nconnection: close\r\n')
    const { text } = await exchangeBytes(port, good + bare + closing)
    expect(text.match(/(?<=HTTP\/1\.1 )\d\d\d/g)).toEqual(['200', '403', '200'])
  })

  it.each(['upgrade: websocket\r\nconnection: upgrade', 'connection: x-amz-date', 'te: trailers'])(
    '%s takes no header away',
    async (line) => {
      await expectLetIn(changed('x-amz-meta-a', `${line}\r\nx-amz-meta-a`))
      const bare = changed('x-amz-meta-a', `${line}\r\nx-amz-acl: public-read\r\nx-amz-meta-a`)
      await expectRefused(bare, 'HEADERS_NOT_SIGNED')
    },
  )
})

import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { exchangeBytes } from '../../../test/kit/servers.ts'
import { send, settingsFor, sign, startGateway, type RunningGateway } from './running-gateway.ts'

let running: RunningGateway
afterEach(() => running.close())

const limits = { ...settingsFor('http://x').limits, bufferedBody: 1024 }
const timeouts = settingsFor('http://x').timeouts
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const MEBIBYTE = 1024 * 1024

/** The head of a signed PUT, as bytes to be written by hand. */
function headOf(url: string, payloadHash: string, more: string): string {
  const signed = sign({ method: 'PUT', url, headers: { 'x-amz-content-sha256': payloadHash } }, 's3')
  const headers = signed.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `PUT ${new URL(url).pathname} HTTP/1.1\r\n${headers}${more}\r\n`
}

describe('a body behind an offer of another protocol, as curl and Java make to speak HTTP/2', () => {
  const offer = 'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n'

  it.each([
    ['with its length', 'content-length: 5\r\n', 'hello'],
    ['in chunks', 'transfer-encoding: chunked\r\n', '2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n'],
  ])('goes upstream %s', async (_name, framing, body) => {
    running = await startGateway()
    const url = `${running.origin}/k`
    for (const hash of [sha256(Buffer.from('hello')), 'UNSIGNED-PAYLOAD']) {
      const head = headOf(url, hash, offer + framing)
      const { text } = await exchangeBytes(running.port, head + body)
      expect(text).toMatch(/^HTTP\/1\.1 200 [^]*upstream/)
    }
    expect(running.arrived.map((arrived) => String(arrived.body))).toEqual(['hello', 'hello'])
  })

  it('is given up with the gateway, after the time to drain', async () => {
    running = await startGateway({ timeouts: { ...timeouts, drain: 0.1 } })
    const head = headOf(`${running.origin}/k`, 'UNSIGNED-PAYLOAD', `${offer}content-length: 5\r\n`)
    const socket = connect(running.port, '127.0.0.1', () => socket.write(`${head}he`))
    socket.on('error', () => {})
    const closed = once(socket, 'close')
    await expect
      .poll(async () => (await fetch(`${running.healthOrigin}/metrics`)).text())
      .toMatch(/in_flight.* 1$/m)
    await running.gateway.stop()
    await closed
  })
})

describe('a body in a coding that would have to be undone', () => {
  it.each(['gzip, chunked', 'identity, chunked', 'gzip\r\ntransfer-encoding: chunked'])(
    'is refused: %j',
    async (coding) => {
      running = await startGateway()
      const framing = `transfer-encoding: ${coding}\r\n`
      const head = headOf(`${running.origin}/k`, sha256(Buffer.from('hello')), framing)
      const { text, isClosed } = await exchangeBytes(running.port, `${head}5\r\nhello\r\n0\r\n\r\n`)
      expect(text).toMatch(/^HTTP\/1\.1 501 [^]*<Code>NotImplemented<\/Code>/)
      expect([running.arrived, isClosed]).toEqual([[], true])
    },
  )
})

describe('a hashed body', () => {
  it('that fits into memory goes upstream whole', async () => {
    running = await startGateway()
    const body = randomBytes(5000)
    expect((await send(sign({ method: 'PUT', url: `${running.origin}/k`, body }, 's3'))).status).toBe(200)
    expect(running.arrived[0]?.body.equals(body)).toBe(true)
  })

  it('that is longer goes through a file, of which nothing is left', async () => {
    const usual = process.env['TMPDIR']
    const folder = mkdtempSync(join(tmpdir(), 'countersign-bodies-'))
    process.env['TMPDIR'] = folder
    running = await startGateway({ limits })
    process.env['TMPDIR'] = usual ?? ''
    if (usual === undefined) delete process.env['TMPDIR']
    const body = randomBytes(3 * MEBIBYTE)
    expect((await send(sign({ method: 'PUT', url: `${running.origin}/k`, body }, 's3'))).status).toBe(200)
    expect(running.arrived[0]?.body.equals(body)).toBe(true)
    expect(readdirSync(folder)).toEqual([])
    rmSync(folder, { recursive: true })
  })

  it.each([
    ['in memory', 100],
    ['in a file', 3 * MEBIBYTE],
  ])('that was changed never reaches the upstream: %s', async (_name, size) => {
    running = await startGateway({ limits })
    const body = randomBytes(size)
    const signed = sign({ method: 'PUT', url: `${running.origin}/k`, body }, 's3')
    const changed = Buffer.from(body)
    changed[size - 1]! ^= 1
    const answer = await send({ ...signed, body: changed })
    expect(answer.status).toBe(400)
    expect(answer.body).toContain('<Code>XAmzContentSHA256Mismatch</Code>')
    expect(running.arrived).toHaveLength(0)
  })

  it('that comes in chunks without a length gets one on the way', async () => {
    running = await startGateway({ limits })
    const body = randomBytes(100_000)
    const url = `${running.origin}/k`
    const signed = sign({ method: 'PUT', url, headers: { 'x-amz-content-sha256': sha256(body) } }, 's3')
    const { status } = await send(signed, { stream: Readable.from([body.subarray(0, 5), body.subarray(5)]) })
    expect(status).toBe(200)
    expect(running.arrived[0]?.headers['content-length']).toBe('100000')
    expect(running.arrived[0]?.body.equals(body)).toBe(true)
  })

  it('over the limit is refused', async () => {
    running = await startGateway({ limits: { ...limits, body: 50_000 } })
    const answer = await send(
      sign({ method: 'PUT', url: `${running.origin}/k`, body: randomBytes(60_000) }, 's3'),
    )
    expect(answer.status).toBe(400)
    expect(answer.body).toContain('EntityTooLarge')
    expect(running.arrived).toHaveLength(0)
  })
})

describe('an unsigned body', () => {
  const payloadHash = 'UNSIGNED-PAYLOAD'

  it('is passed on, and marked, where it is allowed', async () => {
    running = await startGateway({ unsignedPayload: 'allowed' })
    const body = randomBytes(MEBIBYTE)
    const url = `${running.origin}/k`
    const signed = sign({ method: 'PUT', url, headers: { 'x-amz-content-sha256': payloadHash } }, 's3')
    expect((await send(signed, { stream: Readable.from([body]) })).status).toBe(200)
    expect(running.arrived[0]?.headers['x-countersign-signed']).toContain('payload=unsigned')
    expect(running.arrived[0]?.body.equals(body)).toBe(true)
  })

  it.each(['refused', 'https-only'] as const)('is refused where it is %s', async (unsignedPayload) => {
    running = await startGateway({ unsignedPayload })
    const url = `${running.origin}/k`
    const signed = sign({ method: 'PUT', url, headers: { 'x-amz-content-sha256': payloadHash } }, 's3')
    expect((await send(signed, { stream: Readable.from([Buffer.alloc(10)]) })).status).toBe(400)
    expect(running.arrived).toHaveLength(0)
  })
})

describe('a digest in a header', () => {
  const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('base64')
  const sha1 = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('base64')

  /** A signed PUT that says of its body what is true of another one. */
  async function put(body: Buffer<ArrayBuffer>, said: Buffer, payloadHash?: string): ReturnType<typeof send> {
    const headers = {
      'content-md5': md5(said),
      'x-amz-checksum-sha1': sha1(said),
      ...(payloadHash && { 'x-amz-content-sha256': payloadHash }),
    }
    const url = `${running.origin}/k`
    const signed = sign({ method: 'PUT', url, headers, ...(payloadHash ? {} : { body }) }, 's3')
    return send({ ...signed, body }, payloadHash ? { extra: [['content-length', String(body.length)]] } : {})
  }

  it.each([
    ['hashed, in memory', 100, undefined],
    ['hashed, in a file', MEBIBYTE, undefined],
    ['unsigned, in memory', 100, 'UNSIGNED-PAYLOAD'],
    ['unsigned, in a file', MEBIBYTE, 'UNSIGNED-PAYLOAD'],
  ])('holds a body back until it is known to be its: %s', async (_name, size, payloadHash) => {
    running = await startGateway({ limits, unsignedPayload: 'allowed' })
    const body = randomBytes(size)
    expect((await put(body, body, payloadHash)).status).toBe(200)
    expect(running.arrived[0]?.body.equals(body)).toBe(true)
    expect(running.arrived[0]?.headers['content-length']).toBe(String(size))
    expect(running.arrived[0]?.headers['content-md5']).toBe(md5(body))
    const answer = await put(body, randomBytes(size), payloadHash)
    expect(answer.status).toBe(400)
    expect(answer.body).toContain('<Code>BadDigest</Code>')
    expect(running.arrived).toHaveLength(1)
  })

  it.each([
    ['content-md5', 'x', 'InvalidDigest'],
    ['x-amz-checksum-crc32', 'x', 'InvalidRequest'],
  ])('of no such form is refused before the body is asked for: %s', async (name, value, code) => {
    running = await startGateway()
    const signed = sign({ method: 'PUT', url: `${running.origin}/k`, headers: { [name]: value } }, 's3')
    const lines = signed.headers.map(([header, text]) => `${header}: ${text}\r\n`).join('')
    const head = `PUT /k HTTP/1.1\r\n${lines}content-length: 10000000000\r\nexpect: 100-continue\r\n\r\n`
    const { text, isClosed } = await exchangeBytes(running.port, head)
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(text).toContain(`<Code>${code}</Code>`)
    expect(isClosed).toBe(true)
  })
})

describe('a body of 10 GB', () => {
  it.each(['s3', 'execute-api'])('is refused by its length before it is asked for: %s', async (service) => {
    running = await startGateway({ limits: { ...limits, body: 1e9 } })
    const url = `${running.origin}/k`
    const signed = sign({ method: 'PUT', url, headers: {} }, service)
    const lines = signed.headers.map(([header, text]) => `${header}: ${text}\r\n`).join('')
    const head = `PUT /k HTTP/1.1\r\n${lines}content-length: 10000000000\r\nexpect: 100-continue\r\n\r\n`
    const { text, isClosed } = await exchangeBytes(running.port, head)
    expect(text).toMatch(service === 's3' ? /^HTTP\/1\.1 400 / : /^HTTP\/1\.1 413 /)
    expect(text).not.toContain('100 Continue')
    expect(isClosed).toBe(true)
    expect(running.lines[0]?.['reason']).toContain('The body is over')
  })
})

describe('a client that waits for 100 Continue', () => {
  it('is told to go on when the head is good', async () => {
    running = await startGateway()
    const body = 'hello'
    const head = headOf(
      `${running.origin}/k`,
      sha256(Buffer.from(body)),
      'content-length: 5\r\nexpect: 100-continue\r\nconnection: close\r\n',
    )
    const text = await new Promise<string>((resolve) => {
      let all = ''
      const socket = connect(running.port, '127.0.0.1', () => socket.write(head))
      socket.setEncoding('latin1').on('data', (chunk: string) => {
        all += chunk
        if (all === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write(body)
      })
      socket.on('close', () => resolve(all))
    })
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/)
    expect(running.arrived[0]?.body.toString()).toBe('hello')
    expect(running.arrived[0]?.headers.expect).toBeUndefined()
  })

  it('is refused at once when it is not', async () => {
    running = await startGateway()
    const head = headOf(
      `${running.origin}/k`,
      sha256(Buffer.from('x')),
      'content-length: 1\r\nexpect: 100-continue\r\n',
    )
    const { text, isClosed } = await exchangeBytes(running.port, head.replace('PUT /k', 'PUT /other'))
    expect(text).toMatch(/^HTTP\/1\.1 403 /)
    expect(isClosed).toBe(true)
  })
})

describe('a refused upload', () => {
  it('is answered after the head, while its sender is still writing', async () => {
    running = await startGateway()
    const url = `${running.origin}/k`
    const signed = sign({ method: 'PUT', url, headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } }, 's3')
    let sent = 0
    const endless = Readable.from(
      (function* () {
        // Bounded all the same: 10 GiB.
        for (; sent < 10 * 1024; sent += 1) yield Buffer.alloc(MEBIBYTE)
      })(),
    )
    const answer = await send({ ...signed, url: `${running.origin}/other` }, { stream: endless }).catch(
      (error: NodeJS.ErrnoException) => error.code,
    )
    endless.destroy()
    expect(answer).toMatchObject({ status: 403 })
    expect(sent).toBeLessThan(100)
    expect(running.arrived).toHaveLength(0)
  })
})

describe('a client that sends no more', () => {
  it('is given up', async () => {
    running = await startGateway({ timeouts: { ...timeouts, bodyIdle: 0.05 } })
    const head = headOf(`${running.origin}/k`, sha256(Buffer.from('hello')), 'content-length: 5\r\n')
    const { text, isClosed } = await exchangeBytes(running.port, `${head}hel`)
    expect(text).toMatch(/^HTTP\/1\.1 408 /)
    expect(text).toContain('<Code>RequestTimeout</Code>')
    expect(isClosed).toBe(true)
    expect(running.arrived).toHaveLength(0)
  })

  it('or goes away leaves nothing behind', async () => {
    running = await startGateway({ limits })
    const head = headOf(`${running.origin}/k`, sha256(Buffer.alloc(9_000_000)), 'content-length: 9000000\r\n')
    await new Promise<void>((resolve) => {
      const socket = connect(running.port, '127.0.0.1', () => {
        socket.write(head)
        socket.write(Buffer.alloc(4_000_000), () => socket.destroy())
      })
      socket.on('close', () => resolve())
    })
    await expect.poll(() => running.lines.length).toBe(1)
    expect(running.arrived).toHaveLength(0)
    expect((await send(sign({ url: `${running.origin}/still/there` }))).status).toBe(200)
  })
})

/** `send --chunked` and `--trailer`: what goes out is taken by a verifier, chunk for chunk, and held in no memory. */
import { createHash, randomBytes } from 'node:crypto'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMAND, countersign, KEY, makeHome, runProgram } from '../kit/run-command.ts'
import { kept } from './kit/kept.ts'
import { SCOPE, send } from './kit/send.ts'
import { sent, startSignedServer, tlsFile, type SignedServer } from './kit/signed-server.ts'

const KIB = 1024
const MIB = 1024 * KIB
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** What was said of the body that arrived. */
const announced = ({ seen: [one] }: SignedServer): (string | undefined)[] =>
  ['x-amz-content-sha256', 'x-amz-decoded-content-length', 'x-amz-trailer', 'content-encoding'].map((name) =>
    sent(one!, name),
  )

const SIGNED = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'

describe.concurrent('an upload in chunks', () => {
  it.each([0, 1, 64 * KIB, 64 * KIB + 1, 3 * MIB])('of %i bytes from a file', async (size) => {
    const server = kept(await startSignedServer())
    const bytes = randomBytes(size)
    const home = makeHome({ data: bytes })
    const { code, stderr } = await send(['--chunked', '-T', 'data', `${server.origin}/dir/`], { home })
    expect([code, stderr, server.refused]).toEqual([0, '', []])
    expect(announced(server)).toEqual([SIGNED, String(size), undefined, 'aws-chunked'])
    expect(server.seen[0]!.target).toBe('/dir/data')
    expect(sha256(server.seen[0]!.body)).toBe(sha256(bytes))
    // One framing, and it is that of the frames.
    const lengths = server.seen[0]!.headers.filter(([name]) => name.toLowerCase() === 'content-length')
    expect(lengths).toHaveLength(1)
    expect(Number(lengths[0]![1])).toBeGreaterThan(size)
  })

  it.each(['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256', 'sha512', 'md5'])(
    'with the trailer %s, which the server checks',
    async (name) => {
      const server = kept(await startSignedServer())
      const home = makeHome({ data: randomBytes(100 * KIB) })
      const { code } = await send(['--trailer', name, '-T', 'data', `${server.origin}/x`], { home })
      expect([code, server.refused]).toEqual([0, []])
      expect(announced(server).slice(0, 3)).toEqual([
        `${SIGNED}-TRAILER`,
        String(100 * KIB),
        `x-amz-checksum-${name}`,
      ])
    },
  )

  it('unsigned with a trailer, over https', async () => {
    const secure = kept(await startSignedServer({ tls: 'plain' }))
    const args = ['--cacert', tlsFile('ca.pem'), '--unsigned-payload', '--trailer', 'crc64nvme', '-T', '-']
    const { code, stderr } = await send([...args, `${secure.origin}/x`], { input: 'hello' })
    expect([code, stderr, secure.refused]).toEqual([0, '', []])
    expect(announced(secure)).toEqual([
      'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      '5',
      'x-amz-checksum-crc64nvme',
      'aws-chunked',
    ])
    expect(secure.seen[0]!.body.toString()).toBe('hello')
  })

  it('signed with SigV4A', async () => {
    const server = kept(await startSignedServer())
    const home = makeHome({ data: randomBytes(200 * KIB) })
    const args = ['--service', 's3', '--region-set', 'us-*', '--chunked', '--trailer', 'sha256']
    const url = `${server.origin}/x`
    const { code, stderr } = await runProgram(
      process.execPath,
      [COMMAND, 'send', ...args, '-T', 'data', url],
      { home, env: KEY },
    )
    expect([code, stderr, server.refused]).toEqual([0, '', []])
    expect(announced(server)[0]).toBe('STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER')
    expect(sent(server.seen[0]!, 'x-amz-region-set')).toBe('us-*')
  })

  it('keeps a coding that it has already', async () => {
    const server = kept(await startSignedServer())
    const home = makeHome({ data: 'x' })
    await send(['--chunked', '-H', 'Content-Encoding: gzip', '-T', 'data', `${server.origin}/x`], { home })
    expect(announced(server)[3]).toBe('gzip,aws-chunked')
  })

  it('is sent again after a failure, signed again', async () => {
    const bytes = randomBytes(100 * KIB)
    const flaky = await startSignedServer({
      answer: (_, response) => {
        response.setHeader('retry-after', '0')
        response.statusCode = flaky.seen.length === 1 ? 503 : 200
        response.end()
      },
    })
    const args = ['--retry', '1', '--chunked', '-T', 'data', `${flaky.origin}/x`]
    const { code } = await send(args, { home: makeHome({ data: bytes }) })
    await flaky.close()
    expect([code, flaky.refused]).toEqual([0, []])
    expect(flaky.seen.map(({ body }) => sha256(body))).toEqual([sha256(bytes), sha256(bytes)])
  })

  it('is refused where a byte of it changes on the way', async () => {
    const server = kept(await startSignedServer())
    const forger = createServer((request) => void forge(request))
    async function forge(request: IncomingMessage): Promise<void> {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const body = Buffer.concat(chunks)
      body[body.length / 2] = body[body.length / 2]! ^ 1
      const answer = await fetch(`${server.origin}${request.url}`, {
        method: 'PUT',
        headers: Object.entries(request.headers as Record<string, string>).filter(
          ([n]) => n !== 'connection',
        ),
        body,
      }).catch(() => undefined)
      request.socket.end(`HTTP/1.1 ${answer?.status ?? 502} x\r\ncontent-length: 0\r\n\r\n`)
    }
    await new Promise<void>((resolve) => forger.listen(0, '127.0.0.1', resolve))
    const { port } = forger.address() as AddressInfo
    const home = makeHome({ data: Buffer.alloc(20 * KIB + 3, 'a') })
    const host = new URL(server.origin).host
    const args = ['--chunked', '--connect', `127.0.0.1:${port}`, '-T', 'data', `http://${host}/x`]
    const { code } = await send(args, { home })
    forger.close()
    expect([code, server.refused, server.seen]).toEqual([22, ['CHUNK_SIGNATURE_MISMATCH'], []])
  })
})

describe.concurrent('a pipe', () => {
  it('whose length is not told is kept first, and leaves nothing behind', async () => {
    const server = kept(await startSignedServer())
    const folder = mkdtempSync(join(tmpdir(), 'countersign-spool-'))
    const env = { TMPDIR: folder }
    const { code } = await send(['--chunked', '-T', '-', `${server.origin}/x`], { input: 'hello', env })
    expect([code, announced(server)[1], readdirSync(folder)]).toEqual([0, '5', []])
    rmSync(folder, { recursive: true })
  })

  it('whose length is told is sent while it comes in', async () => {
    const arrivals: string[] = []
    const slow = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => {
        arrivals.push(chunk.toString('latin1'))
        // The rest is written once the first chunk has arrived: nobody waits for all of it.
        if (arrivals.join('').includes('a'.repeat(64 * KIB)) && !child.stdin.writableEnded) {
          child.stdin.end('b')
        }
      })
      request.on('end', () => response.end())
    })
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}/x`
    const length = `Content-Length: ${64 * KIB + 1}`
    const child = spawn(
      process.execPath,
      [COMMAND, 'send', ...SCOPE, '--chunked', '-H', length, '-T', '-', url],
      {
        env: { ...KEY, HOME: makeHome(), PATH: process.env['PATH'] },
      },
    )
    child.stdin.write('a'.repeat(64 * KIB))
    const [code] = (await once(child, 'close')) as [number]
    slow.close()
    expect(code).toBe(0)
    expect(arrivals.join('')).toMatch(/1;chunk-signature=[0-9a-f]{64}\r\nb\r\n0;chunk-signature=/)
  })

  it.each([4, 6])('of another length than %i, which was told, never gets its end', async (length) => {
    const server = kept(await startSignedServer())
    const args = ['--chunked', '-H', `Content-Length: ${length}`, '-T', '-']
    const { code, stderr } = await send([...args, `${server.origin}/x`], { input: 'hello' })
    expect([code, server.seen]).toEqual([2, []])
    expect(stderr).toMatch(/^error: .+\n {2}why: .+\n {2}fix: .*Content-Length: BYTES'\n$/)
  })
})

describe.concurrent('verify', () => {
  const AT = ['--at', '20261122T123456Z']
  const URL = 'https://b.s3.us-east-1.amazonaws.com/x'

  it.each([
    [['--chunked'], 'CHUNK_SIGNATURE_MISMATCH'],
    [['--trailer', 'crc64nvme'], 'CHUNK_SIGNATURE_MISMATCH'],
    [['--trailer', 'sha256', '--region-set', '*'], 'CHUNK_SIGNATURE_MISMATCH'],
    [['--unsigned-payload', '--trailer', 'crc32c'], 'CHECKSUM_MISMATCH'],
  ])('checks what would be sent with %j to the last byte', async (args, code) => {
    const home = makeHome({ data: Buffer.alloc(100 * KIB, 'a') })
    const own = args.includes('--region-set') ? ['--service', 's3'] : SCOPE
    const shown = await countersign(['send', ...own, '--dry-run', ...AT, ...args, '-T', 'data', URL], {
      env: KEY,
      home,
    })
    expect(shown.code).toBe(0)
    const good = await countersign(['verify', ...AT], { env: KEY, input: shown.bytes })
    expect([good.code, good.stdout.split('\n')[0]]).toEqual([0, 'valid'])
    const changed = Buffer.from(shown.bytes)
    changed[changed.lastIndexOf('a'.repeat(100)) + 50] = 0x62
    const bad = await countersign(['verify', ...AT], { env: KEY, input: changed })
    expect([bad.code, bad.stdout]).toEqual([5, expect.stringContaining(`(${code})`)])
  })
})

describe.concurrent('what cannot be', () => {
  it.each([
    [['--chunked', '-d', 'x'], '-T FILE'],
    [['--trailer', 'crc32'], '-T FILE'],
    [['--trailer', 'crc16', '-T', 'data'], 'countersign help send'],
    [['--chunked', '--unsigned-payload', '-T', 'data'], 'add --trailer'],
    [['--chunked', '-H', 'x-amz-content-sha256: UNSIGNED-PAYLOAD', '-T', 'data'], '--unsigned-payload'],
    [['--unsigned-payload', '--trailer', 'crc32', '-T', 'data'], 'use https'],
    [['--service', 'sqs', '--chunked', '-T', 'data'], 'they are for S3'],
    [['--print-curl', '--chunked', '-T', 'data'], 'leave out --print-curl'],
  ])('is told: %j', async (args, fix) => {
    const server = kept(await startSignedServer())
    const home = makeHome({ data: 'x' })
    const { code, stderr } = await send([...args, `${server.origin}/x`], { home })
    expect([code, server.seen]).toEqual([2, []])
    expect(stderr).toMatch(/^error: .+\n {2}why: .+\n {2}fix: .+\n$/)
    expect(stderr.split('fix: ')[1]).toContain(fix)
  })
})

describe('memory', () => {
  const isMeasurable = existsSync('/proc/self/status')

  it.skipIf(!isMeasurable).each(['file', 'pipe'])('stays flat with a %s', async (kind) => {
    const size = 256 * MIB
    const script = "process.on('exit', () => console.error(process.resourceUsage().maxRSS))"
    const home = makeHome({ 'peak.mjs': script, large: '' })
    truncateSync(join(home, 'large'), size)
    let received = 0
    const large = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => (received += chunk.length))
      request.on('end', () => response.end())
    })
    await new Promise<void>((resolve) => large.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(large.address() as AddressInfo).port}/x`
    const line = `"$0" --import ./peak.mjs '${COMMAND}' send ${SCOPE.join(' ')} --chunked --trailer crc32`
    const piped = `cat large | ${line} -H 'Content-Length: ${size}' -T - ${url}`
    const shell = kind === 'file' ? `${line} -T large ${url}` : piped
    const run = await runProgram('/bin/sh', ['-c', shell, process.execPath], { home, env: { ...KEY } })
    await new Promise((resolve) => large.close(resolve))
    expect(run.code).toBe(0)
    expect(received).toBeGreaterThan(size)
    expect(Number(run.stderr)).toBeLessThan(200 * 1024)
  })
})

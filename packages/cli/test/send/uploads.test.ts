import { createHash, randomBytes } from 'node:crypto'
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { COMMAND, KEY, makeHome, runProgram } from '../kit/run-command.ts'
import { describeWithTool } from '../../../../test/kit/tools.ts'
import { SCOPE, send } from './kit/send.ts'
import { sent, startSignedServer, tlsFile, type SignedServer } from './kit/signed-server.ts'

const MIB = 1024 * 1024
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

let server: SignedServer
let secure: SignedServer
beforeAll(async () => {
  server = await startSignedServer()
  secure = await startSignedServer({ tls: 'plain' })
})
afterAll(async () => {
  await Promise.all([server.close(), secure.close()])
})
beforeEach(() => {
  server.seen.length = 0
  secure.seen.length = 0
})

describe('a file', () => {
  it('of 64 MiB is put under its name, signed by its hash', async () => {
    const bytes = randomBytes(64 * MIB)
    const home = makeHome({ 'a b+ü.bin': bytes })
    const { code, stderr } = await send(['-T', 'a b+ü.bin', `${server.origin}/dir/?x=1`], { home })
    expect([code, stderr]).toEqual([0, ''])
    const [seen] = server.seen
    expect([seen!.method, seen!.target]).toEqual(['PUT', '/dir/a%20b%2B%C3%BC.bin?x=1'])
    expect(sent(seen!, 'content-length')).toBe(String(64 * MIB))
    expect(sent(seen!, 'x-amz-content-sha256')).toBe(sha256(bytes))
    expect(sha256(seen!.body)).toBe(sha256(bytes))
  })

  it('that is empty has a length', async () => {
    const { code } = await send(['-T', 'empty', `${server.origin}/x`], { home: makeHome({ empty: '' }) })
    expect([code, sent(server.seen[0]!, 'content-length')]).toEqual([0, '0'])
  })

  it('keeps its place when the method is given', async () => {
    const home = makeHome({ f: 'x' })
    await send(['-X', 'POST', '-T', 'f', `${server.origin}/y`], { home })
    expect([server.seen[0]!.method, server.seen[0]!.target]).toEqual(['POST', '/y'])
  })

  it.each([
    [['-T', 'nothing'], 'no such file'],
    [['-T', '.'], 'folder'],
    [['-F', 'a=@nothing'], 'no such file'],
    [['-d', '@nothing'], 'no such file'],
  ])('that cannot be read, as by %j, is said', async (args, why) => {
    const { code, stderr } = await send([...args, `${server.origin}/`])
    expect(code).toBe(2)
    expect(stderr).toContain(why)
    expect(server.seen).toEqual([])
  })
})

describe('standard input', () => {
  it.each([0, 5, 64 * MIB, 64 * MIB + 1, 70 * MIB])('of %i bytes is hashed and sent', async (size) => {
    const bytes = randomBytes(size)
    const folder = mkdtempSync(join(tmpdir(), 'countersign-spool-'))
    const { code, stderr } = await send(['-T', '-', `${server.origin}/x/`], {
      input: bytes,
      env: { TMPDIR: folder },
    })
    expect([code, stderr]).toEqual([0, ''])
    const [seen] = server.seen
    expect([seen!.target, sent(seen!, 'content-length')]).toEqual(['/x/', String(size)])
    expect(sha256(seen!.body)).toBe(sha256(bytes))
    expect(readdirSync(folder)).toEqual([])
    rmSync(folder, { recursive: true })
  })

  it('is read by one flag only', async () => {
    const { code, stderr } = await send(['-F', 'a=@-', '-F', 'b=@-', `${server.origin}/`], { input: 'x' })
    expect(code).toBe(2)
    expect(stderr).toContain('standard input')
  })
})

describe('--unsigned-payload', () => {
  const line = ['--cacert', tlsFile('ca.pem'), '--unsigned-payload', '-T', '-']

  it('sends a pipe while it comes in', async () => {
    const bytes = randomBytes(3 * MIB)
    const { code, stderr } = await send([...line, `${secure.origin}/x`], { input: bytes })
    expect([code, stderr]).toEqual([0, ''])
    const [seen] = secure.seen
    expect(sent(seen!, 'x-amz-content-sha256')).toBe('UNSIGNED-PAYLOAD')
    expect(sent(seen!, 'transfer-encoding')).toBe('chunked')
    expect(sha256(seen!.body)).toBe(sha256(bytes))
  })

  it('tells the length that it is given', async () => {
    const { code } = await send([...line, '-H', 'Content-Length: 5', `${secure.origin}/x`], {
      input: 'hello',
    })
    expect(code).toBe(0)
    expect(sent(secure.seen[0]!, 'content-length')).toBe('5')
    expect(sent(secure.seen[0]!, 'transfer-encoding')).toBeUndefined()
  })

  it('is refused over plain http', async () => {
    const { code, stderr } = await send([...line, `${server.origin}/x`], { input: 'x' })
    expect([code, server.seen]).toEqual([2, []])
    expect(stderr).toContain('https')
  })
})

describeWithTool('bash', 'a named pipe', (bash) => {
  it('is read like standard input', async () => {
    const script = 'node "$0" send "$@" -T <(printf hello) '
    const env = { ...KEY }
    const { code } = await runProgram(bash, ['-c', script, COMMAND, ...SCOPE, `${server.origin}/x`], { env })
    expect([code, server.seen[0]!.body.toString()]).toEqual([0, 'hello'])
  })
})

describe.concurrent('a length', () => {
  it.each([
    [['-d', 'abc', '-H', 'Content-Length: 4'], 'Content-Length says 4'],
    [['-H', 'Content-Length: x'], 'no number'],
    [['-H', 'Transfer-Encoding: chunked'], 'belongs to the connection'],
    [['-H', 'Expect: 100-continue'], 'belongs to the connection'],
  ])('or framing that cannot be true is refused: %j', async (args, why) => {
    const { code, stderr } = await send([...args, `${server.origin}/`])
    expect([code, server.seen]).toEqual([2, []])
    expect(stderr).toContain(why)
  })
})

describe('memory', () => {
  it.skipIf(!existsSync('/proc/self/status'))('stays flat on the way up and down', async () => {
    const home = makeHome()
    const size = 256 * MIB
    writeFileSync(join(home, 'large'), '')
    truncateSync(join(home, 'large'), size)
    let received = 0
    const large = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => (received += chunk.length))
      request.on('end', () => {
        response.setHeader('content-length', String(size))
        const piece = Buffer.alloc(MIB)
        let left = size / MIB
        const write = (): void => {
          while (left > 0 && response.write(piece)) left -= 1
          if (left > 0) {
            left -= 1
            response.once('drain', write)
          } else response.end()
        }
        write()
      })
    })
    await new Promise<void>((resolve) => large.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(large.address() as AddressInfo).port}/x`
    const script = `process.on('exit', () => console.error(process.resourceUsage().maxRSS))`
    const loader = `data:text/javascript,${encodeURIComponent(script)}`
    const args = ['--import', loader, COMMAND, 'send', ...SCOPE, '-T', 'large', '-o', 'down', url]
    const run = await runProgram(process.execPath, args, { home, env: { ...KEY } })
    await new Promise((resolve) => large.close(resolve))
    expect([run.code, received, readFileSync(join(home, 'down')).length]).toEqual([0, size, size])
    expect(Number(run.stderr)).toBeLessThan(200 * 1024)
  })
})

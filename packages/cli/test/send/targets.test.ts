import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTap, type Tap } from '../../../../test/kit/servers.ts'
import { messageOfRaw } from '../../../../test/kit/raw-http.ts'
import { kept } from './kit/kept.ts'
import { send } from './kit/send.ts'
import { startSignedServer, type SignedServer } from './kit/signed-server.ts'

const AT = ['--at', '20261122T123456Z']
const now = (): Date => new Date('2026-11-22T12:34:56Z')

let s3: SignedServer
let tap: Tap
beforeAll(async () => {
  s3 = await startSignedServer({ now })
  tap = await startTap(s3.port)
})
afterAll(async () => {
  await Promise.all([tap.close(), s3.close()])
})

/** What S3 is asked for, when this stands behind the host. */
const S3_TARGETS: readonly (readonly [given: string, sent: string])[] = [
  ['', '/'],
  ['/', '/'],
  ['?acl', '/?acl'],
  ['//lead//double/', '//lead//double/'],
  ['/a/../b/./c/..', '/a/../b/./c/..'],
  ['/a%2e%2e/%2e%2e/b', '/a../../b'],
  ['/a%2Fb', '/a/b'],
  ['/a b+c', '/a%20b%2Bc'],
  ['/é/%c3%a9', '/%C3%A9/%C3%A9'],
  ["/a@:$,;=&b!'()*", '/a%40%3A%24%2C%3B%3D%26b%21%27%28%29%2A'],
  ['/100%', '/100%25'],
  ['/a\\b', '/a%5Cb'],
  ['/x#fragment', '/x'],
  ['/x?a=1&a=2&a=1', '/x?a=1&a=2&a=1'],
  ['/x?b=2&a=1&=v&k', '/x?b=2&a=1&=v&k'],
  ['/x?a=b=c==', '/x?a=b=c=='],
  ['/x?q=a+b', '/x?q=a%20b'],
  ['/x?q=ä ö', '/x?q=%C3%A4%20%C3%B6'],
  ['/x?__proto__=1&constructor=2', '/x?__proto__=1&constructor=2'],
]

describe.concurrent('S3', () => {
  it.each(S3_TARGETS)('gets %j as %j', async (given, wire) => {
    const own = kept(await startSignedServer({ now }))
    const { code, stderr } = await send([...AT, own.origin + given])
    expect([code, stderr.replace(/^warning: .*\n/gm, '')]).toEqual([0, ''])
    expect(own.seen.map(({ target }) => target)).toEqual([wire])
  })
})

describe.concurrent('other services', () => {
  it.each(['//a//b/', '/a/../b', '/a%2Fb', '/%61', '/a:b@c', '/x?q=/x?y', '/x?a[]=1&a0=2', '/x?a=%FF'])(
    'get %j as it is',
    async (target) => {
      const api = kept(await startSignedServer({ now, service: 'execute-api' }))
      const { code, stderr } = await send(['--service', 'execute-api', ...AT, api.origin + target])
      expect([code, stderr]).toEqual([0, ''])
      expect(api.seen.map((seen) => seen.target)).toEqual([target])
    },
  )
})

describe('--dry-run', () => {
  it.each([
    [['/a/../b?x=1&x=0']],
    [['/', '-d', 'a=1']],
    [['/', '-X', 'POST']],
    [['/', '-X', 'DELETE', '-H', 'X-A: 1', '-H', 'x-a: 2', '-H', 'X-Empty;']],
    [['/', '-I']],
    [['/up', '-T', '-']],
    [['/', '--sign-host', 'other.example.com']],
  ])('%j shows the bytes that are sent', async ([path, ...args]) => {
    tap.take()
    const line = [...AT, ...args, tap.origin + path!]
    const input = 'some\r\nbytes\0'
    const shown = await send(['--dry-run', ...line], { input })
    expect([shown.code, tap.take()]).toEqual([0, []])
    await send(line, { input })
    const [request] = tap.take()
    const { method, target, headers, body } = messageOfRaw(request!, 'http')
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`)
    const text = Buffer.from((body as Uint8Array | undefined) ?? []).toString()
    expect(shown.stdout).toBe(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${text}`)
  })

  it('adds the steps with =canonical', async () => {
    const { stdout, stderr } = await send(['--dry-run=canonical', ...AT, `${s3.origin}/a?b`])
    expect(stdout).toMatch(/^GET \/a\?b HTTP\/1\.1\r\n/)
    expect(stderr).toContain('*   GET\n*   /a\n*   b=\n*   host:')
    expect(stderr).toContain(
      '*   AWS4-HMAC-SHA256\n*   20261122T123456Z\n*   20261122/us-east-1/s3/aws4_request\n',
    )
  })
})

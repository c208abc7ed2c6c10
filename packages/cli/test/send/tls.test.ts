import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeHome } from '../kit/run-command.ts'
import { send } from './kit/send.ts'
import { startSignedServer, tlsFile, type SignedServer } from './kit/signed-server.ts'

const TRUST = ['--cacert', tlsFile('ca.pem')]

let server: SignedServer
let mutual: SignedServer
beforeAll(async () => {
  ;[server, mutual] = await Promise.all([
    startSignedServer({ tls: 'plain' }),
    startSignedServer({ tls: 'mutual' }),
  ])
})
afterAll(async () => {
  await Promise.all([server.close(), mutual.close()])
})
beforeEach(() => {
  server.seen.length = 0
  mutual.seen.length = 0
})

describe('a server', () => {
  it('that nobody vouches for gets nothing', async () => {
    const { code, stderr } = await send([`${server.origin}/a`])
    expect([code, server.seen]).toEqual([4, []])
    expect(stderr).toMatch(/cannot be trusted\n  why: \w*(?:CERT|UNABLE)\w*: .*\n  fix: .*--cacert/)
  })

  it.each([
    [TRUST, {}],
    [['-k'], {}],
    [['--insecure'], {}],
    [[], { AWS_CA_BUNDLE: tlsFile('ca.pem') }],
  ])('is trusted with %j %j', async (args, env) => {
    const { code, stderr } = await send([...args, `${server.origin}/a`], { env })
    expect([code, stderr, server.seen.length]).toEqual([0, '', 1])
  })

  it('must have the name of the URL', async () => {
    const reach = ['--connect', `127.0.0.1:${server.port}`]
    expect((await send([...TRUST, ...reach, 'https://signed.test/a'])).code).toBe(0)
    const other = await send([...TRUST, ...reach, 'https://other.test/a'])
    expect([other.code, server.seen.length]).toEqual([4, 1])
    expect(other.stderr).toContain('ERR_TLS_CERT_ALTNAME_INVALID')
    const signed = await send([...TRUST, '--sign-host', 'other.test', `${server.origin}/a`])
    expect(signed.code).toBe(0)
  })

  it('of plain http is no server of TLS', async () => {
    const plain = await startSignedServer()
    const { code } = await send([...TRUST, `https://localhost:${plain.port}/a`])
    await plain.close()
    expect(code).toBe(4)
  })
})

describe('a client', () => {
  const CERT = ['--cert', tlsFile('client.pem')]
  const KEY = ['--key', tlsFile('client-key.pem')]

  it('shows its certificate', async () => {
    const { code, stderr } = await send([...TRUST, ...CERT, ...KEY, `${mutual.origin}/a`])
    expect([code, stderr]).toEqual([0, ''])
    const without = await send([...TRUST, `${mutual.origin}/a`])
    expect([without.code, mutual.seen.length]).toEqual([4, 1])
  })

  it.each([
    [KEY, '--key stands alone'],
    [['--cert', 'nothing.pem'], 'no such file'],
    [['--cacert', 'text'], 'no PEM file'],
  ])('is told of %j', async (args, why) => {
    const { code, stderr } = await send([...args, `${server.origin}/a`], { home: makeHome({ text: 'x' }) })
    expect([code, server.seen]).toEqual([2, []])
    expect(stderr).toContain(why)
  })
})

/** TLS towards upstreams: whom to trust, by which name to ask, and as whom to appear. */
import { once } from 'node:events'
import type { TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { startTlsServer } from '../../../../test/kit/servers.ts'
import { readListenerTls, readUpstreamTls } from '../../src/server/secret-files.ts'
import { ask, startProxy, type ProxyOptions, type RunningProxy } from './running-proxy.ts'

const file = (name: string): string =>
  fileURLToPath(new URL(`../../../cli/test/send/tls/${name}.pem`, import.meta.url))
const pem = (name: string): string => readFileSync(file(name), 'utf8')

let proxy: RunningProxy
afterEach(() => proxy.close())

const TRUST = { authority: file('ca'), certificate: undefined, key: undefined, serverName: undefined }
const IDENTITY = { ...TRUST, certificate: file('client'), key: file('client-key') }
const plain = { key: pem('server-key'), cert: pem('server') }
const mutual = { ...plain, ca: pem('ca'), requestCert: true, rejectUnauthorized: true }
const NO_RETRIES = { sign: { retries: 0 } }

async function start(
  settings: Parameters<typeof readUpstreamTls>[0] | undefined,
  { certificate = plain, connect: port, ...options }: ProxyOptions & { connect?: number } = {},
): Promise<{ readonly names: unknown[] }> {
  const upstreamTls = settings && readUpstreamTls(settings)
  const connect = port === undefined ? {} : { connect: { host: '127.0.0.1', port } }
  proxy = await startProxy({ ...NO_RETRIES, ...connect }, { certificate, upstreamTls, ...options })
  const names: unknown[] = []
  proxy.upstream.server.on('secureConnection', ({ servername }: TLSSocket) => names.push(servername))
  return { names }
}

const refusal = async (): Promise<unknown[]> => {
  const { status, text } = await ask(proxy)
  expect(text).not.toMatch(/certificate/i)
  return [status, proxy.lines.at(-1)?.['reason'], proxy.arrived]
}

describe('an upstream over TLS', () => {
  it('has to be vouched for by an authority that is known', async () => {
    await start(undefined)
    expect(await refusal()).toEqual([502, expect.stringContaining('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), []])
    await proxy.close()
    await start(TRUST)
    expect(await ask(proxy)).toMatchObject({ status: 200 })
  })

  it('is asked for by its name, and has to have it in its certificate', async () => {
    const { names } = await start(TRUST, { hostname: 'localhost' })
    expect(await ask(proxy)).toMatchObject({ status: 200 })
    expect(names).toEqual(['localhost'])
  })

  it('is asked for by the name of the settings, whatever the host is', async () => {
    for (const hostname of ['127.0.0.1', 'localhost']) {
      const { names } = await start({ ...TRUST, serverName: 'signed.test' }, { hostname })
      expect(await ask(proxy)).toMatchObject({ status: 200 })
      expect(names).toEqual(['signed.test'])
      expect(proxy.arrived[0]?.headers.host).toBe(`${hostname}:${proxy.upstream.port}`)
      await proxy.close()
    }
    await start({ ...TRUST, serverName: 'other.test' }, { hostname: 'localhost' })
    expect(await refusal()).toEqual([502, expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'), []])
  })

  it('is asked for by its name where the connection goes elsewhere', async () => {
    const upstream = await startTlsServer(
      plain,
      (request, response) => void response.end(request.headers.host),
    )
    const { names } = await start(TRUST, { origin: 'https://signed.test', connect: upstream.port })
    upstream.server.on('secureConnection', ({ servername }: TLSSocket) => names.push(servername))
    expect(await ask(proxy)).toMatchObject({ status: 200, text: 'signed.test' })
    expect(names).toEqual(['signed.test'])
    await upstream.close()
  })

  it('that wants a certificate gets ours, and takes no other', async () => {
    await start(TRUST, { certificate: mutual })
    expect(await refusal()).toEqual([502, expect.stringContaining('The upstream failed'), []])
    await proxy.close()
    await start(
      { ...TRUST, certificate: file('aws-hosts'), key: file('aws-hosts-key') },
      { certificate: mutual },
    )
    expect(await refusal()).toEqual([502, expect.stringContaining('The upstream failed'), []])
    await proxy.close()
    await start(IDENTITY, { certificate: mutual })
    let subject: unknown
    proxy.upstream.server.once('secureConnection', (socket: TLSSocket) => {
      subject = socket.getPeerCertificate().subject.CN
    })
    expect(await ask(proxy)).toMatchObject({ status: 200 })
    expect(subject).toBe('client')
  })

  it('gets certificates that were read again with the next connection', async () => {
    await start(TRUST, { certificate: mutual })
    expect(await ask(proxy)).toMatchObject({ status: 502 })
    await proxy.gateway.reload({ upstreamTls: readUpstreamTls(IDENTITY) })
    expect(await ask(proxy)).toMatchObject({ status: 200 })
    // What cannot be read again leaves what there is.
    await proxy.gateway.reload({})
    const [socket] = await Promise.all([once(proxy.upstream.server, 'secureConnection'), reconnect()])
    expect((socket as unknown[])[0]).toBeDefined()
    expect(proxy.arrived).toHaveLength(2)
  })

  async function reconnect(): Promise<void> {
    if ('closeAllConnections' in proxy.upstream.server) proxy.upstream.server.closeAllConnections()
    expect(await ask(proxy)).toMatchObject({ status: 200 })
  }
})

it.each([
  [{ ...IDENTITY, key: undefined }, 'upstreamTls: certificate and key need each other'],
  [{ ...TRUST, key: file('client-key') }, 'upstreamTls: certificate and key need each other'],
  [{ ...IDENTITY, key: file('server-key') }, 'or the key is that of another one'],
  [{ ...IDENTITY, certificate: file('client-key') }, 'no certificates in PEM'],
  [{ ...TRUST, authority: file('nobody') }, 'upstreamTls.authority: '],
  [{ ...TRUST, authority: file('client-key') }, 'holds no certificate in PEM'],
])('files that are of no use are refused when they are read: %#', async (settings, text) => {
  proxy = await startProxy()
  expect(() => readUpstreamTls(settings)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(text) }),
  )
})

it.each([
  [
    { certificate: file('nobody') },
    /^gateway\.yaml:7:3: tls\.certificate: .*nobody\.pem cannot be read: ENOENT$/,
  ],
  [{ certificate: file('server-key') }, /^gateway\.yaml:7:3: tls: the files are no certificates in PEM/],
  [{ key: file('client-key') }, /^gateway\.yaml:7:3: tls: .* or the key is that of another one$/],
])('files of the listener are looked at as well, and told with their line: %#', async (changes, message) => {
  proxy = await startProxy()
  const settings = { certificate: file('server'), key: file('server-key'), clientAuthority: undefined }
  const origins = new Map([['tls.certificate', 'gateway.yaml:7:3']])
  expect(() => readListenerTls({ ...settings, http2: false, ...changes }, origins)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) }),
  )
})

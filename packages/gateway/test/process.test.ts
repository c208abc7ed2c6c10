import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request as sendRequest } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { signRequest } from 'countersign'
import Sqlite from 'libsql'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  createGatewayHome,
  type GatewayHome,
  type GatewayProcess,
  type TestKey,
} from '../../../test/kit/gateway-process.ts'
import { startServer, type Listening } from '../../../test/kit/servers.ts'
import { loadSettings } from '../src/config/load-settings.ts'
import { openKeyStore, resolveMasterKey, type KeyStore } from '../src/keys/index.ts'

const region = 'us-east-1'
const service = 'execute-api'

let upstream: Listening<unknown>
let home: GatewayHome
let gateway: GatewayProcess | undefined
beforeAll(async () => {
  upstream = await startServer(({ url }, response) => {
    if (url !== '/never') response.end('ok')
  })
})
afterAll(() => upstream.close())
beforeEach(() => {
  home = createGatewayHome()
})
afterEach(async () => {
  await gateway?.end('SIGKILL')
  gateway = undefined
  home.remove()
})

const flags = (): string[] => ['--upstream', upstream.origin, '--service', service, '--region', region]
const storeFlags = (): string[] => [
  '--store',
  join(home.folder, 'keys.db'),
  '--master-key-file',
  join(home.folder, 'master.key'),
]

function openStore(): KeyStore {
  const file = join(home.folder, 'keys.db')
  const masterKeyFile = join(home.folder, 'master.key')
  const masterKey = resolveMasterKey({ text: undefined, file: masterKeyFile, storeExists: false })
  return openKeyStore({ file, masterKey })
}

/** The status that a signed request gets. */
function ask({ origin }: GatewayProcess, credentials: TestKey, path = '/'): Promise<number | undefined> {
  const request = { method: 'GET', url: origin + path }
  const { url, headers } = signRequest(request, { credentials, service, region })
  return new Promise((resolve, reject) => {
    const outgoing = sendRequest(url, { agent: false, headers: Object.fromEntries(headers) }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode))
    })
    outgoing.once('error', reject).end()
  })
}

describe('a running gateway', () => {
  it('knows at once what becomes of a key', async () => {
    gateway = await home.start(...flags())
    await expect.poll(gateway.said).toContain('There is no key yet')
    const key = await home.createKey('ada')
    expect(await ask(gateway, key)).toBe(200)
    const keys = (...args: string[]): Promise<unknown> => home.command('keys', ...args, ...storeFlags())

    await keys('disable', key.accessKeyId)
    expect(await ask(gateway, key)).toBe(403)
    await keys('enable', key.accessKeyId)
    expect(await ask(gateway, key)).toBe(200)
    const { stdout } = await home.command(
      'keys',
      'rotate',
      key.accessKeyId,
      '--overlap',
      '1h',
      '--json',
      ...storeFlags(),
    )
    const { secretAccessKey } = JSON.parse(stdout) as { secretAccessKey: string }
    expect(await ask(gateway, { ...key, secretAccessKey })).toBe(200)
    expect(await ask(gateway, key)).toBe(200)
    const { lines } = gateway
    await expect.poll(() => lines.at(-1)).toMatchObject({ warnings: ['OLDER_SECRET_USED'] })
    await keys('rotate', key.accessKeyId, '--overlap', '0s')
    expect(await ask(gateway, key)).toBe(403)
    await keys('delete', key.accessKeyId, '--yes')
    expect(await ask(gateway, { ...key, secretAccessKey })).toBe(403)
    await expect.poll(() => lines.at(-1)).toMatchObject({ failure: 'KEY_UNKNOWN' })
  })

  it('is killed amid 200 changes of its keys, and has every one of them when it is back', async () => {
    const store = openStore()
    gateway = await home.start(...flags())
    const expected = new Map<string, { secretAccessKey: string; isActive: boolean }>()
    for (let i = 0; i < 200; i += 1) {
      const [known] = [...expected.keys()].slice(i % 7)
      if (known !== undefined && i % 3 === 1) {
        const { secretAccessKey } = store.rotate(known, { overlap: 0 })
        expected.set(known, { ...expected.get(known)!, secretAccessKey })
      } else if (known !== undefined && i % 3 === 2) {
        store.disable(known)
        expected.set(known, { ...expected.get(known)!, isActive: false })
      } else {
        const { accessKey, secretAccessKey } = store.create({ principal: `p${i}` })
        expected.set(accessKey.accessKeyId, { secretAccessKey, isActive: true })
        // The gateway reads while it is being written, and at the moment of its death, too.
        if (i < 150)
          expect(await ask(gateway, { accessKeyId: accessKey.accessKeyId, secretAccessKey })).toBe(200)
      }
      if (i === 150) gateway.child.kill('SIGKILL')
    }
    store.close()
    expect(await gateway.end()).toBe('SIGKILL')

    gateway = await home.start(...flags())
    expect(gateway.lines.filter(({ msg }) => msg === 'key unusable')).toEqual([])
    for (const [accessKeyId, { secretAccessKey, isActive }] of expected) {
      expect(await ask(gateway, { accessKeyId, secretAccessKey })).toBe(isActive ? 200 : 403)
    }
  })

  it('names a key whose secret was altered, and serves the others', async () => {
    const [broken, good] = [await home.createKey('ada'), await home.createKey('bob')]
    const sqlite = new Sqlite(join(home.folder, 'keys.db'))
    sqlite.exec('PRAGMA busy_timeout = 5000')
    const where = `WHERE access_key_id = '${broken.accessKeyId}'`
    const [hex] = sqlite.prepare<[]>(`SELECT hex(sealed) FROM secrets ${where}`).raw().get() as [string]
    const flipped = `${hex.slice(0, 40)}${hex[40] === '0' ? '1' : '0'}${hex.slice(41)}`
    sqlite.exec(`UPDATE secrets SET sealed = x'${flipped}' ${where}`)
    sqlite.close()
    gateway = await home.start(...flags())
    expect(gateway.lines[0]).toMatchObject({ msg: 'key unusable', code: 'SECRET_ALTERED' })
    expect(gateway.lines[0]?.['reason']).toContain(broken.accessKeyId)
    expect(await ask(gateway, broken)).toBe(500)
    const { lines } = gateway
    const failed = new RegExp(`${broken.accessKeyId}.*SECRET_ALTERED`)
    await expect.poll(() => JSON.stringify(lines.slice(1))).toMatch(failed)
    expect(await ask(gateway, good)).toBe(200)
  })
})

describe('a gateway does not start', () => {
  it.each([
    ['without an upstream', ['--service', 's3', '--region', '*'], 2, /--upstream/],
    ['with a flag that there is not', ['--upstrem', 'http://x'], 2, /--upstream/],
    ['with an address that is none', ['--listen', 'nowhere:http'], 2, /--listen/],
    ['with a file that is not there', ['--config', '/nonexistent.yaml'], 2, /nonexistent\.yaml/],
  ])('%s', async (_name, args, exitCode, pattern) => {
    const { code, stderr, stdout } = await home.command('gateway', ...args)
    expect(stderr).toMatch(pattern)
    expect([code, stdout]).toEqual([exitCode, ''])
  })

  it('with another master key, or without the one that its store has', async () => {
    await home.createKey('ada')
    const file = join(home.folder, 'master.key')
    writeFileSync(file, `${Buffer.alloc(32, 'wrong').toString('base64')}\n`, { mode: 0o600 })
    const wrong = await home.command('gateway', ...flags())
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('another master key') })
    rmSync(file)
    const missing = await home.command('gateway', ...flags())
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('COUNTERSIGN_MASTER_KEY') })
  })

  it('on a port that is taken', async () => {
    const { code, stderr } = await home.command(
      'gateway',
      ...flags(),
      '--listen',
      `127.0.0.1:${upstream.port}`,
    )
    expect(stderr).toContain(`Cannot listen on 127.0.0.1:${upstream.port}: it is in use`)
    expect(code).toBe(1)
  })
})

describe('stopping a gateway', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('by %s ends it with 0', async (signal) => {
    gateway = await home.start(...flags())
    expect((await fetch(`${gateway.healthOrigin}/readyz`)).status).toBe(200)
    expect((await fetch(`${gateway.healthOrigin}/`)).status).toBe(404)
    expect(await gateway.end(signal)).toBe(0)
    expect(gateway.lines.map(({ msg }) => msg)).toEqual(['started', 'stopping', 'stopped'])
  })

  it('twice ends it at once, by whichever signals', async () => {
    gateway = await home.start(...flags())
    const key = await home.createKey('ada')
    const asked = ask(gateway, key, '/never').catch(({ code }: NodeJS.ErrnoException) => code)
    const { healthOrigin } = gateway
    const metrics = async (): Promise<string> => (await fetch(`${healthOrigin}/metrics`)).text()
    await expect.poll(metrics).toMatch(/in_flight 1$/m)
    gateway.child.kill('SIGINT')
    await expect.poll(gateway.said).toContain('Stopping')
    expect(await gateway.end('SIGTERM')).toBe(143)
    expect(await asked).toBe('ECONNRESET')
  })
})

const SIGNING = /^(?:verify|connect|allow|sign|routes|clients\b.*|tls|upstream(?:Tls\b.*|Proxy))$/

it('the file in the documentation is one that works', async () => {
  const page = readFileSync(fileURLToPath(new URL('../../../docs/gateway.md', import.meta.url)), 'utf8')
  const [, yaml = ''] = /```yaml\n([^]*?)```/.exec(page) ?? []
  const file = join(home.folder, 'gateway.yaml')
  writeFileSync(file, yaml)
  const { settings, origins } = await loadSettings({ file, env: {}, flags: {} })
  expect(settings).toMatchObject({ service: ['execute-api', 's3'], limits: { body: 5 * 1024 ** 3 } })
  // All that has a default but the verifier's own limits, and what is about signing.
  const left = [...origins].filter(([, origin]) => origin === 'default').map(([path]) => path)
  expect(left.filter((path) => !SIGNING.test(path))).toEqual([])
})

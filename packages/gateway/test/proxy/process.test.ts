/** The proxy as people run it: a process of its own. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { request as sendRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { signRequest } from 'countersign'
import { readNodeRequest } from 'countersign/servers/node'
import { createVerifier, s3Xml, VerificationError } from 'countersign/verify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  createGatewayHome,
  type GatewayHome,
  type GatewayProcess,
} from '../../../../test/kit/gateway-process.ts'
import { exchangeBytes, startServer, type Listening } from '../../../../test/kit/servers.ts'

let upstream: Listening<unknown>
let home: GatewayHome
let proxy: GatewayProcess
beforeAll(async () => {
  upstream = await startServer((_request, response) => void response.end('ok'))
})
afterAll(() => upstream.close())
beforeEach(() => {
  home = createGatewayHome()
})
afterEach(async () => {
  await proxy.end('SIGKILL')
  home.remove()
})

const KEY = { AWS_ACCESS_KEY_ID: 'AKIDPROXY234567', AWS_SECRET_ACCESS_KEY: 'the-real-secret' }
const TOKEN = 'a/token+of=the-session'
const FLAGS = ['--service', 'execute-api', '--region', 'us-east-1']

/** Answers as a service that reads paths otherwise than everybody else does: `%2F` is a slash to it. */
async function refuseWithEcho(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const verifier = createVerifier({
    service: 'execute-api',
    region: '*',
    secrets: () => ({ secretAccessKey: KEY.AWS_SECRET_ACCESS_KEY, sessionToken: () => true }),
  })
  const message = readNodeRequest(request)
  const target = message.target === '/' ? '/else' : message.target.replace('%2F', '/')
  const error: unknown = await verifier.verify({ ...message, target }).catch((refusal: unknown) => refusal)
  if (!(error instanceof VerificationError)) return void response.end('taken')
  const { status, headers, body } = s3Xml(error, { requestId: 'UPSTREAM1' })
  response.writeHead(status, headers.flat()).end(body)
}

/** The files that a process has open, as Linux tells them. */
function openFiles(pid: number | undefined): string[] {
  const folder = `/proc/${pid}/fd`
  return readdirSync(folder).map((name) => {
    try {
      return readlinkSync(join(folder, name))
    } catch {
      // It has been closed meanwhile.
      return ''
    }
  })
}

describe.skipIf(process.platform !== 'linux')('a proxy that is killed', () => {
  it('leaves nothing of the bodies that it held', async () => {
    const folder = join(home.folder, 'temporary')
    mkdirSync(folder)
    proxy = await home.startProxy({ ...KEY, TMPDIR: folder }, '--upstream', upstream.origin, ...FLAGS)
    const upload = sendRequest(proxy.origin, { method: 'POST', agent: false })
    upload.on('error', () => {})
    upload.write(Buffer.alloc(3_000_000))
    await expect
      .poll(() => openFiles(proxy.child.pid).filter((file) => file.startsWith(folder)))
      .toHaveLength(1)
    expect(await proxy.end('SIGKILL')).toBe('SIGKILL')
    expect(readdirSync(folder)).toEqual([])
  })
})

describe.skipIf(process.platform === 'win32')('a proxy whose credential_process hangs', () => {
  it('ends at SIGTERM all the same', async () => {
    mkdirSync(join(home.folder, '.aws'))
    const pidFile = join(home.folder, 'pid')
    const config = `[profile slow]\ncredential_process = sh -c 'echo $$ > ${pidFile}; exec sleep 600'\n`
    writeFileSync(join(home.folder, '.aws', 'config'), config)
    proxy = await home.startProxy({}, '--upstream', upstream.origin, '--profile', 'slow', ...FLAGS)
    const asking = sendRequest(proxy.origin, { agent: false }).on('error', () => {})
    asking.end()
    await expect.poll(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8')).toMatch(/\n/)
    asking.destroy()
    expect(await proxy.end()).toBe(0)
    process.kill(Number(readFileSync(pidFile, 'utf8')))
  })
})

describe('a proxy whose profile gives no credentials', () => {
  it('says why in its log and on the port of health, without the command line that gave none', async () => {
    mkdirSync(join(home.folder, '.aws'))
    const script = "sh -c 'echo no login >&2; exit 3' --password TOPSECRET"
    writeFileSync(join(home.folder, '.aws', 'config'), `[profile dev]\ncredential_process = ${script}\n`)
    proxy = await home.startProxy({}, '--upstream', upstream.origin, '--profile', 'dev', ...FLAGS)
    const why = 'The profile dev gives no credentials: its credential_process failed: no login'
    expect((await fetch(proxy.origin)).status).toBe(503)
    expect(await (await fetch(`${proxy.healthOrigin}/readyz`)).text()).toContain(why)
    proxy.child.kill('SIGHUP')
    await expect.poll(() => proxy.lines.find(({ msg }) => msg === 'credentials kept')?.['reason']).toBe(why)
    const failed = proxy.lines.find(({ failure }) => failure === 'CREDENTIALS_UNAVAILABLE')
    expect(failed?.['reason']).toContain(why)
    expect(JSON.stringify(proxy.lines) + proxy.said()).not.toContain('TOPSECRET')
  })
})

describe.skipIf(process.platform === 'win32')('SIGHUP', () => {
  it('takes other secrets of clients, and leaves all as it was where a file of them is gone', async () => {
    const config = join(home.folder, 'proxy.yaml')
    const secretFile = join(home.folder, 'secret')
    writeFileSync(secretFile, 'the-first-secret\n')
    writeFileSync(config, `clients: { keys: [{ accessKeyId: SANDBOX1, secretFile: ${secretFile} }] }\n`)
    proxy = await home.startProxy(KEY, '--upstream', upstream.origin, '--config', config, ...FLAGS)
    const ask = async (secretAccessKey: string): Promise<number> => {
      const request = signRequest(
        { method: 'GET', url: `${proxy.origin}/` },
        {
          credentials: { accessKeyId: 'SANDBOX1', secretAccessKey },
          service: 'execute-api',
          region: 'us-east-1',
        },
      )
      return (await fetch(request.url, { headers: request.headers })).status
    }
    const reload = async (msg: string): Promise<Record<string, unknown> | undefined> => {
      proxy.child.kill('SIGHUP')
      await expect.poll(() => proxy.lines.at(-1)?.['msg']).toBe(msg)
      return proxy.lines.at(-1)
    }
    expect([await ask('the-first-secret'), await ask('the-second-secret')]).toEqual([200, 403])
    writeFileSync(secretFile, 'the-second-secret\n')
    await reload('reloaded')
    expect([await ask('the-first-secret'), await ask('the-second-secret')]).toEqual([403, 200])
    rmSync(secretFile)
    expect((await reload('not reloaded'))?.['reason']).toContain(`${secretFile} cannot be read: ENOENT`)
    expect(await ask('the-second-secret')).toBe(200)
  })
})

describe('a refused signature', () => {
  /** An upstream that says of each signature that it is another. */
  let strict: Listening<unknown>
  beforeAll(async () => {
    strict = await startServer((request, response) => void refuseWithEcho(request, response))
  })
  afterAll(() => strict.close())

  const last = async (): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${proxy.healthOrigin}/debug/last`)
    return { status: response.status, text: await response.text() }
  }

  it('of ours is explained, on the port of health and by the command, without a secret', async () => {
    proxy = await home.startProxy({ ...KEY, AWS_SESSION_TOKEN: TOKEN }, '--upstream', strict.origin, ...FLAGS)
    expect(await last()).toMatchObject({ status: 404, text: expect.stringContaining('no signature') })
    const url = `${proxy.origin}/a%2Fb?x=1`
    const answer = await fetch(url, {
      headers: { cookie: 'session=of-mine', authorization: 'Bearer of-mine' },
    })
    expect(answer.status).toBe(403)
    const { status, text } = await last()
    expect(status).toBe(200)
    expect(JSON.parse(text)).toMatchObject({
      schema: 'countersign/refusal/1',
      by: 'proxy',
      refusedBy: 'upstream',
      cause: 'SignatureDoesNotMatch',
      url: `${strict.origin}/a%2Fb?x=1`,
      requestId: answer.headers.get('x-countersign-request-id'),
      explanation: { verdicts: [{ grade: 'proven', line: { field: 'path' } }] },
    })
    expect(proxy.lines.at(-1)).toMatchObject({ status: 403, cause: 'SignatureDoesNotMatch' })
    const file = join(home.folder, '.local', 'state', 'countersign', 'last-refusal.json')
    // Whoever was refused asks at once, and while it serves.
    await expect.poll(() => existsSync(file), { timeout: 4000 }).toBe(true)
    const told = await home.command('explain', 'last')
    expect([told.code, told.stdout]).toEqual([
      5,
      expect.stringContaining('proxy, refused by the upstream: GET'),
    ])
    expect(await proxy.end()).toBe(0)
    const kept = readFileSync(file, 'utf8')
    for (const shown of [text, told.stdout, kept, JSON.stringify(proxy.lines)]) {
      expect(shown).not.toMatch(/the-real-secret|of-mine|Signature=[\da-f]{64}/)
      expect(shown).not.toContain(TOKEN)
    }
  })

  it('is kept nowhere with --no-record', async () => {
    proxy = await home.startProxy(KEY, '--upstream', strict.origin, ...FLAGS, '--no-record')
    expect((await fetch(proxy.origin)).status).toBe(403)
    expect(await last()).toMatchObject({ status: 404, text: expect.stringContaining('there are /livez') })
    await proxy.end()
    expect((await home.command('explain', 'last')).stderr).toContain('No refusal has been kept')
  })

  it('of a client is explained likewise, with the key that it should have signed with', async () => {
    proxy = await home.start('--upstream', upstream.origin, ...FLAGS)
    const credentials = await home.createKey('ada')
    const signed = signRequest(
      { method: 'GET', url: `${proxy.origin}/list?b=1` },
      { credentials, service: 'execute-api', region: 'us-east-1' },
    )
    const headers = Object.fromEntries(signed.headers.filter(([name]) => name !== 'host'))
    // The client's own proxy has changed it on the way.
    expect((await fetch(`${proxy.origin}/list/?b=1`, { headers })).status).toBe(403)
    const { text } = await last()
    expect(JSON.parse(text)).toMatchObject({
      by: 'gateway',
      refusedBy: 'gateway',
      cause: 'SIGNATURE_MISMATCH',
      evidence: { answer: { status: 403 } },
      explanation: { verdicts: [{ grade: 'proven', line: { field: 'path' } }] },
    })
    expect(text).not.toContain(credentials.secretAccessKey)
    expect(await proxy.end()).toBe(0)
    const told = await home.command('explain', 'last')
    expect(told.stdout).toContain('gateway, which refused it: GET')
    expect(told.stdout).toContain('proven')
  })

  it('is told to nobody whose name for this machine is another', async () => {
    proxy = await home.startProxy(KEY, '--upstream', strict.origin, ...FLAGS)
    expect((await fetch(proxy.origin)).status).toBe(403)
    const { port } = new URL(proxy.healthOrigin!)
    const { text } = await exchangeBytes(
      Number(port),
      'GET /debug/last HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    )
    expect(text).toMatch(/^HTTP\/1\.1 404 /)
  })
})

/** `countersign identity-proof`: proofs that STS answers for, over TLS by its own name. */
import { describe, expect, it } from 'vitest'
import { startServer } from '../../../test/kit/servers.ts'
import { startSts, type StsServer } from '../../../test/kit/sts-server.ts'
import { kept } from './send/kit/kept.ts'
import { AUTHORITY, startTlsFront } from './send/kit/tls-front.ts'
import { countersign, KEY, makeHome, TEMPORARY_KEY, type Run } from './kit/run-command.ts'

const AUDIENCE = 'billing.example.com'
const CALLER = { account: '123456789012', arn: 'arn:aws:iam::123456789012:user/ada', userId: 'AIDAEXAMPLE' }
const SECRET = { secretAccessKey: KEY.AWS_SECRET_ACCESS_KEY }
const TEMPORARY = { ...TEMPORARY_KEY, AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE' }
const STS_HOST = 'sts.eu-west-1.amazonaws.com'

interface Sts {
  readonly server: StsServer
  /** Flags that lead there. */
  readonly way: readonly string[]
}

async function startTrustedSts(): Promise<Sts> {
  const keys = new Map([
    [KEY.AWS_ACCESS_KEY_ID, { found: SECRET, caller: CALLER }],
    [TEMPORARY.AWS_ACCESS_KEY_ID, { found: { ...SECRET, sessionToken: () => true }, caller: CALLER }],
  ])
  const server = kept(await startSts(keys, () => new Date()))
  // STS is reached through a client of its own alone.
  const relay = await startServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const { host, connection: _, 'content-length': __, ...headers } = request.headers
      const answer = await server.fetch(`http://${host}${request.url}`, {
        method: request.method!,
        headers: headers as Record<string, string>,
        ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
      })
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
      response.end(await answer.text())
    })()
  })
  const { place } = kept(await startTlsFront(kept(relay).port))
  return { server, way: ['--connect', place, '--cacert', AUTHORITY] }
}

function make(args: readonly string[] = [], env: Readonly<Record<string, string>> = KEY): Promise<Run> {
  const all = ['identity-proof', 'make', '--audience', AUDIENCE, '--region', 'eu-west-1', ...args]
  return countersign(all, { env })
}

function check(proof: string, args: readonly string[], audience = AUDIENCE): Promise<Run> {
  const all = ['identity-proof', 'check', '--audience', audience, ...args, '-']
  return countersign(all, { input: proof })
}

describe.concurrent('a proof', () => {
  it('is made without a network, and tells its end', async () => {
    const { code, stdout, stderr } = await make(['--at', '20261122T123456Z'])
    expect([code, stderr]).toEqual([0, 'valid until 2026-11-22T12:49:56Z (15 minutes), once\n'])
    expect(stdout).toMatch(/^k8s-aws-v1\.[\w-]+\n$/)
    const url = new URL(Buffer.from(stdout.slice(11), 'base64url').toString())
    expect([url.host, url.searchParams.get('X-Amz-SignedHeaders')]).toEqual([
      STS_HOST,
      'host;x-countersign-audience',
    ])
  })

  it('is JSON with --json', async () => {
    const { stdout } = await make(['--json', '--form', 'signed'])
    const made = JSON.parse(stdout) as { schema: string; proof: string; form: string; audience: string }
    expect([made.schema, made.form, made.audience]).toEqual([
      'countersign/identity-proof/1',
      'signed',
      AUDIENCE,
    ])
    expect(JSON.parse(made.proof)).toMatchObject({ iam_http_request_method: 'POST' })
  })

  it.each([
    ['presigned', KEY, []],
    ['presigned', TEMPORARY, ['--sts-host', STS_HOST]],
    ['signed', TEMPORARY, ['--sts-host', STS_HOST]],
  ])('%s tells who made it', async (form, env, args) => {
    const { server, way } = await startTrustedSts()
    const { stdout: proof } = await make(['--form', form], env)
    const { code, stdout, stderr } = await check(proof, [...way, ...args])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe(`account ${CALLER.account}\narn ${CALLER.arn}\nuser id ${CALLER.userId}\n`)
    expect(server.asked.length).toBe(1)
  })

  it('tells it as JSON, of a file', async () => {
    const { way } = await startTrustedSts()
    const home = makeHome({ proof: (await make()).stdout })
    const args = ['identity-proof', 'check', '--json', '--audience', AUDIENCE, ...way, 'proof']
    const { code, stdout } = await countersign(args, { home })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      schema: 'countersign/identity-proof-check/1',
      ...CALLER,
      why: [],
      warnings: [],
    })
  })

  it.each([
    ['presigned', 1, 'STS_REFUSED'],
    ['signed', 0, 'AUDIENCE_MISMATCH'],
  ])('%s is refused for another audience', async (form, asked, code) => {
    const { server, way } = await startTrustedSts()
    const { stdout: proof } = await make(['--form', form])
    const run = await check(proof, ['--json', '--sts-host', STS_HOST, ...way], 'other.example.com')
    expect([run.code, run.stdout, server.asked.length]).toEqual([5, '', asked])
    expect(JSON.parse(run.stderr)).toMatchObject({ error: { code } })
  })

  it('is refused with a wrong signature', async () => {
    const { server, way } = await startTrustedSts()
    const env = { ...KEY, AWS_SECRET_ACCESS_KEY: 'another secret' }
    const { code, stderr } = await check((await make([], env)).stdout, ['--json', ...way])
    expect([code, server.asked.length]).toEqual([5, 1])
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'STS_REFUSED' } })
  })

  it.each([
    ['garbage', [], 'PROOF_MALFORMED', 5],
    ['', [], 'PROOF_MALFORMED', 5],
  ])('is none: %j', async (proof, args, code, exitCode) => {
    const run = await check(proof, ['--json', ...args])
    expect(run.code).toBe(exitCode)
    expect(JSON.parse(run.stderr)).toMatchObject({ error: { code } })
  })

  it.each([
    ['20261122T133456Z', 5, 'PROOF_EXPIRED'],
    ['20261122T113456Z', 6, 'PROOF_NOT_YET_VALID'],
  ])('is held against the clock: %s', async (at, exitCode, code) => {
    const { stdout: proof } = await make(['--at', '20261122T123456Z'])
    const run = await check(proof, ['--json', '--at', at])
    expect(run.code).toBe(exitCode)
    expect(JSON.parse(run.stderr)).toMatchObject({ error: { code } })
  })

  it('in the signed form needs the name of the STS', async () => {
    const { stdout: proof } = await make(['--form', 'signed'])
    const { code, stderr } = await check(proof, [])
    expect([code, stderr]).toEqual([5, expect.stringContaining('fix: name the STS')])
  })

  it('is not sent to a server that is not trusted, or not there', async () => {
    const { server, way } = await startTrustedSts()
    const { stdout: proof } = await make()
    const untrusted = await check(proof, way.slice(0, 2))
    expect([untrusted.code, server.asked]).toEqual([4, []])
    expect(untrusted.stderr).toContain('cannot be trusted')
    const absent = await check(proof, ['--json', '--connect', '127.0.0.1:1'])
    expect(absent.code).toBe(4)
    expect(JSON.parse(absent.stderr)).toMatchObject({ error: { code: 'NETWORK_CONNECT' } })
    expect(absent.stderr).not.toContain(proof.trim())
  })

  it('that STS has no time for may come again', async () => {
    const { server, way } = await startTrustedSts()
    server.answer = (_, response) => response.writeHead(503).end()
    const { code, stderr } = await check((await make()).stdout, ['--json', ...way])
    expect(code).toBe(4)
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'STS_UNAVAILABLE' } })
  })

  it.each([
    ['make', 'without a region', ['make', '--audience', 'a'], 'region'],
    ['make', 'without an audience', ['make'], '--audience'],
    ['check', 'with a host that is no STS', ['check', '--audience', 'a', '--sts-host', 'x', '-'], 'stsHost'],
    ['check', 'of no file', ['check', '--audience', 'a', 'not-there'], 'not-there'],
    ['', 'without a command', [], 'too early'],
  ])('%s is refused %s', async (_, __, args, part) => {
    const { code, stderr } = await countersign(['identity-proof', ...args], { env: KEY })
    expect([code, stderr]).toEqual([2, expect.stringContaining(part)])
    expect(stderr).toMatch(/^error: .+\n {2}why: .+\n {2}fix: .+\n$/)
  })

  it('has help of at most 40 lines', async () => {
    for (const args of [
      ['identity-proof', '-h'],
      ['identity-proof', 'make', '-h'],
      ['help', 'identity-proof'],
    ]) {
      const { code, stdout } = await countersign(args)
      expect(code).toBe(0)
      expect(stdout.split('\n').length).toBeLessThanOrEqual(41)
      expect(stdout).toContain('Usage: countersign identity-proof')
    }
  })
})

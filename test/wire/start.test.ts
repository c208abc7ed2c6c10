import { spawn, type ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { signRequest } from '../../packages/countersign/src/index.ts'
import { run } from '../interop/programs.ts'
import { describeWithTool } from '../kit/tools.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The demo of `npm start`, while it runs. */
interface Demo {
  readonly child: ChildProcess
  /** What it has printed so far. */
  output(): string
  /** Its exit code, or the signal that ended it. */
  readonly end: Promise<number | string | null>
  /** Waits for a text in its output. */
  saying(text: string): Promise<string>
}

const demos: Demo[] = []
afterEach(() => {
  for (const { child } of demos.splice(0)) child.kill('SIGKILL')
})

function start(env: Record<string, string> = { PORT: '0' }): Demo {
  const child = spawn(process.execPath, ['examples/start.mjs'], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', ...env },
  })
  let text = ''
  const waiting = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
      for (const look of waiting) look()
    })
  }
  const end = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string)
  const demo: Demo = {
    child,
    output: () => text,
    end,
    async saying(wanted) {
      await Promise.race([
        end.then(() => {
          throw new Error(`It ended without saying ${wanted}: ${text}`)
        }),
        new Promise<void>((resolve) => {
          const look = (): void => void (text.includes(wanted) && resolve())
          waiting.add(look)
          look()
        }),
      ])
      return text
    },
  }
  demos.push(demo)
  return demo
}

const LAST = 'Ctrl-C stops the gateway.'

describe('npm start', () => {
  it('shows a signed request, a tampered one and what to try, in plain text when it is piped', async () => {
    const text = await start().saying(LAST)
    expect(text).toMatch(/Verdict: valid\n[^]*HTTP 200\n[^]*Verdict: invalid\n[^]*HTTP 403\n/)
    expect(text).toContain('Canonical request')
    expect(text).not.toContain('\u001b')
  })

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends at once on %s, with connections still open',
    async (signal) => {
      const demo = start()
      const url = /http:\/\/[\d.:]+\/notes/.exec(await demo.saying(LAST))![0]
      const kept = await fetch(url, { headers: { connection: 'keep-alive' } })
      await kept.text()
      demo.child.kill(signal)
      expect(await demo.end).toBe(0)
    },
  )

  it('ends on a signal that comes early', async () => {
    const demo = start()
    await demo.saying('1. Signed')
    demo.child.kill('SIGINT')
    expect(await demo.end).toBe(0)
  })

  it('takes another port where its own is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const text = await start({ PORT: `${port}` }).saying(LAST)
    expect(text).toContain('another one will do')
    expect(text).not.toContain(`:${port}/`)
    other.close()
  })

  it('says what a port must be', async () => {
    const demo = start({ PORT: 'http' })
    expect(await demo.end).toBe(1)
    expect(demo.output()).toBe('PORT must be a number from 0 to 65535\n')
  })

  it('ends quietly when nobody reads on', async () => {
    const demo = start()
    demo.child.stdout!.once('data', () => demo.child.stdout!.destroy())
    expect(await demo.end).toBe(0)
    expect(demo.output()).not.toContain('EPIPE')
  })

  it('refuses a long body that is not the one that was signed', async () => {
    const text = await start().saying(LAST)
    const { key, base } = readDemo(text)
    const signed = signRequest(
      { method: 'PUT', url: `${base}/notes/long`, headers: { 'x-amz-content-sha256': '0'.repeat(64) } },
      { credentials: key, service: 'execute-api', region: 'us-east-1' },
    )
    const response = await fetch(signed.url, { ...signed, body: 'x'.repeat(2_000_000) })
    expect([response.status, await response.json()]).toMatchObject([403, { message: expect.any(String) }])
    expect((await fetch(`${base}/notes`)).status).toBe(403)
  })

  it('leaves nothing behind', async () => {
    const demo = start()
    const folder = /--store "(.*)\/keys\.db"/.exec(await demo.saying(LAST))![1]!
    expect(existsSync(folder)).toBe(true)
    demo.child.kill('SIGINT')
    expect(await demo.end).toBe(0)
    expect(existsSync(folder)).toBe(false)
  })
})

/** The key and the address that the demo prints. */
function readDemo(text: string): { key: { accessKeyId: string; secretAccessKey: string }; base: string } {
  const [, accessKeyId = '', secretAccessKey = ''] =
    /AWS_ACCESS_KEY_ID=(\S+) AWS_SECRET_ACCESS_KEY=(\S+)/.exec(text) ?? []
  return { key: { accessKeyId, secretAccessKey }, base: /The gateway is on (http:[^,]+),/.exec(text)![1]! }
}

describeWithTool('curl', 'the commands that npm start prints', () => {
  it('do what it says, each after the one before', async () => {
    const demo = start()
    const lines = (await demo.saying(LAST)).split('\n')
    const [keys = ''] = lines.filter((line) => line.startsWith('export '))
    const type = async (command = ''): Promise<string> =>
      run('/bin/sh', ['-c', `${keys}; ${command.replace('curl', 'curl -sS -q')}`], {
        env: { HOME: tmpdir(), AWS_EC2_METADATA_DISABLED: 'true' },
        cwd: root,
      })
    const [list, put, presign, disable] = lines.filter((line) => line.startsWith('npx countersign '))
    const [signed, plain] = lines.filter((line) => line.startsWith('curl '))
    expect(JSON.parse(await type(list))).toEqual({ caller: 'demo-user', notes: ['apple', 'avocado'] })
    expect(JSON.parse(await type(put))).toEqual({ stored: 'first' })
    expect(JSON.parse(await type(signed))).toEqual({ first: 'hello' })
    const link = (await type(presign)).trim()
    expect(await (await fetch(link)).json()).toEqual({ first: 'hello' })
    expect(await type(plain)).toMatch(/^HTTP\/1\.1 403 /)
    await demo.saying('refused GET /notes: SIGNATURE_MISSING')
    await type(disable)
    expect((await fetch(link)).status).toBe(403)
  })
})

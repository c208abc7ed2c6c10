import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { kept } from './kit/kept.ts'
import { send } from './kit/send.ts'
import { startOpenServer } from './kit/open-server.ts'
import { startSignedServer, tlsFile } from './kit/signed-server.ts'

describe.concurrent('send', () => {
  it.each([408, 429, 500, 502, 503])('sends again after %i, signed again', async (status) => {
    let count = 0
    const signed = kept(
      await startSignedServer({
        answer: (_, response) => {
          count += 1
          if (count > 2) response.end('done')
          else response.writeHead(status, { 'retry-after': count === 1 ? '1' : '0' }).end()
        },
      }),
    )
    const run = await send(['--retry', '2', '-T', '-', '-w', '|%{num_retries}', `${signed.origin}/a`], {
      input: 'x',
    })
    expect([run.code, run.stdout, signed.refused]).toEqual([0, 'done|2', []])
    expect(signed.seen.map(({ body }) => body.toString())).toEqual(['x', 'x', 'x'])
    const dates = signed.seen.map(({ headers }) => headers.find(([name]) => name === 'x-amz-date')![1])
    // A second lies between the first two.
    expect(dates[1]! > dates[0]!).toBe(true)
    expect(run.stderr).toBe(
      `status ${status}; sending again in 1.0 s\nstatus ${status}; sending again in 0.0 s\n`,
    )
  })

  it('gives up after the last, with its answer', async () => {
    const open = kept(
      await startOpenServer((_, response) => response.writeHead(503, { 'retry-after': '0' }).end('busy')),
    )
    const run = await send(['-sS', '--retry', '1', open.origin])
    expect([run.code, run.stdout, open.arrived.length]).toEqual([22, 'busy', 2])
  })

  it.each(['3601', 'Fri, 01 Jan 2100 00:00:00 GMT'])(
    'takes an answer that says to come back after %s for the last',
    async (later) => {
      const open = kept(
        await startOpenServer((_, response) => response.writeHead(429, { 'retry-after': later }).end('busy')),
      )
      const run = await send(['-sS', '--retry', '3', open.origin])
      expect([run.code, run.stdout, open.arrived.length]).toEqual([22, 'busy', 1])
    },
  )

  it.each([400, 403, 404])('does not send again after %i', async (status) => {
    const open = kept(await startOpenServer((_, response) => response.writeHead(status).end()))
    await send(['--retry', '3', open.origin])
    expect(open.arrived).toHaveLength(1)
  })

  it('sends again after connections that broke', async () => {
    let count = 0
    const open = kept(
      await startOpenServer((_, response) => {
        count += 1
        if (count < 3) response.destroy()
        else response.end('done')
      }),
    )
    const run = await send(['-s', '--retry', '3', '-d', 'x', open.origin])
    expect([run.code, run.stdout]).toEqual([0, 'done'])
    expect(open.arrived.map(({ body }) => body)).toEqual(['x', 'x', 'x'])
  })

  it('does not send again what came through a pipe and is gone', async () => {
    const signed = kept(
      await startSignedServer({
        tls: 'plain',
        answer: (_, response) => response.writeHead(503, { 'retry-after': '0' }).end(),
      }),
    )
    const line = ['--retry', '3', '--unsigned-payload', '--cacert', tlsFile('ca.pem'), '-T', '-']
    const { code } = await send([...line, `${signed.origin}/a`], { input: 'x' })
    expect([code, signed.seen.length]).toEqual([22, 1])
  })

  it('tells a broken answer from a whole one', async () => {
    const open = kept(
      await startOpenServer((_, response) => {
        response.writeHead(200, { 'content-length': '10' })
        response.write('half')
        setImmediate(() => response.destroy())
      }),
    )
    const { code, stdout, stderr } = await send([open.origin])
    expect([code, stdout]).toEqual([4, 'half'])
    expect(stderr).toContain('broke the connection off')
  })

  it('takes no nonsense for an answer', async () => {
    const nonsense: Server = createServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n'))
    await new Promise<void>((resolve) => nonsense.listen(0, '127.0.0.1', resolve))
    const { code, stderr } = await send([`http://127.0.0.1:${(nonsense.address() as AddressInfo).port}/`])
    nonsense.close()
    expect(code).toBe(4)
    expect(stderr).toContain('does not match the HTTP/1.1 protocol')
  })
})

/** Bearer tokens: sent as they are, shown nowhere, and never beside a signature. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { countersign, KEY, makeHome, runProgram, type Run, type RunOptions } from '../kit/run-command.ts'
import { kept } from './kit/kept.ts'
import { startOpenServer, type OpenServer } from './kit/open-server.ts'

const TOKEN = 'bedrock-api-key-Signature=abc/+=~TOPSECRET'
const ENV = { AWS_BEARER_TOKEN_BEDROCK: TOKEN }

function send(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  return countersign(['send', ...args], { env: ENV, ...options })
}

async function startServer(status = 200, body = 'ok'): Promise<OpenServer> {
  return kept(
    await startOpenServer((_, response) => {
      response.statusCode = status
      response.end(body)
    }),
  )
}

describe.concurrent('a bearer token', () => {
  it.each([
    ['a variable', 'env:AWS_BEARER_TOKEN_BEDROCK', {}],
    ['standard input', '-', { input: `${TOKEN}\n` }],
    ['a file', 'token', { home: makeHome({ token: `${TOKEN}\r\n` }) }],
  ])('comes from %s, without credentials', async (_, source, options: RunOptions) => {
    const server = await startServer()
    const { code, stdout, stderr } = await send(['--bearer', source, `${server.origin}/a`], options)
    expect([code, stdout, stderr]).toEqual([0, 'ok', ''])
    expect(server.arrived[0]!.headers.authorization).toBe(`Bearer ${TOKEN}`)
    expect(Object.keys(server.arrived[0]!.headers)).not.toContain('x-amz-date')
  })

  it('goes with a body, and leaves credentials of the environment alone', async () => {
    const server = await startServer()
    const env = { ...ENV, ...KEY }
    const home = makeHome({ data: 'of a file' })
    const run = await send(['--bearer', 'env:AWS_BEARER_TOKEN_BEDROCK', '-T', 'data', `${server.origin}/a`], {
      env,
      home,
    })
    expect(run.code).toBe(0)
    expect([server.arrived[0]!.body, server.arrived[0]!.headers.authorization]).toEqual([
      'of a file',
      `Bearer ${TOKEN}`,
    ])
  })

  it.each([['-vv'], ['--json'], ['--dry-run'], ['--dry-run=canonical'], ['--print-curl']])(
    'is not shown with %s',
    async (flag) => {
      const server = await startServer()
      const args = ['--bearer', 'env:AWS_BEARER_TOKEN_BEDROCK', flag, `${server.origin}/a`]
      const { code, stdout, stderr } = await send(args)
      expect(code).toBe(0)
      expect(stdout + stderr).not.toContain('TOPSECRET')
      expect((stdout + stderr).toLowerCase()).toContain('authorization')
    },
  )

  it('is not shown where the server quotes it', async () => {
    const server = await startServer(401, JSON.stringify({ message: `the token ${TOKEN} has expired` }))
    const args = ['--bearer', 'env:AWS_BEARER_TOKEN_BEDROCK', '-o', 'body', `${server.origin}/a`]
    const { code, stderr } = await send(args)
    expect([code, stderr]).toEqual([5, expect.stringMatching(/^error: The token was refused \(401\)\n/)])
    expect(stderr).not.toContain('TOPSECRET')
  })

  it('is taken from a variable by the line for curl', async () => {
    const server = await startServer()
    const args = ['--bearer', 'env:AWS_BEARER_TOKEN_BEDROCK', '--print-curl', '-d', 'a', `${server.origin}/a`]
    const { stdout } = await send(args)
    const line = `curl() { printf '%s\\n' "$@"; }\n${stdout}`
    const words = await runProgram('/bin/sh', ['-c', line], { env: ENV })
    expect(words.stdout.split('\n')).toContain(`authorization: Bearer ${TOKEN}`)
    expect(server.arrived).toEqual([])
  })

  it('is not sent over plain http, but to this machine', async () => {
    const run = await send(['--bearer', 'env:AWS_BEARER_TOKEN_BEDROCK', 'http://example.com/'])
    expect([run.code, run.stdout]).toEqual([2, ''])
    expect(run.stderr).toMatch(/plain http\n {2}why: .+\n {2}fix: use https\n$/)
  })

  it('does not follow a redirect to another host', async () => {
    const other = await startServer()
    const server = kept(
      await startOpenServer((_, response) => {
        response.writeHead(302, { location: `${other.origin}/b` }).end()
      }),
    )
    const run = await send(['-L', '--bearer', 'env:AWS_BEARER_TOKEN_BEDROCK', `${server.origin}/a`])
    expect([run.code, other.arrived]).toEqual([22, []])
  })

  it.each([
    ['--region', ['--region', 'us-east-1']],
    ['--service', ['--service', 's3']],
    ['--algorithm', ['--algorithm', 'v4']],
    ['--profile', ['--profile', 'x']],
    ['--user', ['-u', 'a:b']],
    ['--chunked', ['--chunked', '-T', 'data']],
    ['an Authorization header', ['-H', 'Authorization: Bearer x']],
  ])('does not go together with %s', async (name, args) => {
    const home = makeHome({ data: 'x' })
    const all = ['--bearer', 'env:AWS_BEARER_TOKEN_BEDROCK', ...args, 'https://example.com/']
    const { code, stderr } = await send(all, { home })
    expect([code, stderr.split('\n')[0]]).toEqual([2, `error: --bearer and ${name} do not go together`])
  })

  it.each([
    ['a presigned URL', 'env:AWS_BEARER_TOKEN_BEDROCK', '?X-Amz-Signature=abc', 2],
    ['no token', '-', '', 3],
    ['no variable', 'env:NOT_THERE', '', 2],
    ['the token itself', `env:${TOKEN}`, '', 2],
    ['no file', 'not-there', '', 2],
  ])('is refused with %s', async (_, source, query, exitCode) => {
    const { code, stdout, stderr } = await send(['--bearer', source, `https://example.com/${query}`])
    expect([code, stdout]).toEqual([exitCode, ''])
    expect(stderr).toMatch(/^error: .+\n {2}why: .+\n {2}fix: .+\n$/)
    expect(stderr).not.toContain('TOPSECRET')
  })

  it('is not left in a file', async () => {
    const server = await startServer()
    const home = makeHome()
    await send(['--bearer', '-', '-o', 'out', `${server.origin}/a`], { home, input: TOKEN })
    expect(readFileSync(join(home, 'out'), 'utf8')).toBe('ok')
  })
})

/**
 * The command `countersign`, run as a user runs it; and a plain HTTP client, for presigned URLs that are handed to
 * others.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'
import { devNull } from 'node:os'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../../packages/cli/bin/countersign.js', import.meta.url))

/** @typedef {{ code: number, stdout: Buffer, stderr: string }} Run */

/**
 * Runs the command to its end.
 *
 * @param {Record<string, string>} environment credentials and region; profiles of this machine are out of reach
 * @param {readonly string[]} args
 * @param {Uint8Array} [input] piped to it
 * @returns {Promise<Run>}
 */
export async function countersign(environment, args, input = new Uint8Array()) {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: {
      ...process.env,
      AWS_PROFILE: '',
      AWS_SESSION_TOKEN: '',
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      ...environment,
    },
  })
  // A command that reads none of its input may close the pipe before all is written.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [stdout, stderr, [code]] = await Promise.all([
    buffer(child.stdout),
    buffer(child.stderr),
    once(child, 'close'),
  ])
  return { code: Number(code), stdout, stderr: stderr.toString() }
}

/**
 * Runs `countersign send` for S3, and expects it to end in a certain way.
 *
 * @param {Record<string, string>} environment
 * @param {readonly string[]} args
 * @param {{ code?: number, input?: Uint8Array }} [expected]
 * @returns {Promise<Buffer>} what it wrote to standard output
 */
export async function send(environment, args, { code = 0, input } = {}) {
  const run = await countersign(environment, ['send', '--service', 's3', ...args], input)
  assert.equal(
    run.code,
    code,
    `exit code ${run.code}, expected ${code}: ${run.stderr.trim()} ${run.stdout.toString('utf8', 0, 300)}`,
  )
  return run.stdout
}

/**
 * Runs `countersign presign` for S3.
 *
 * @param {Record<string, string>} environment
 * @param {readonly string[]} args
 * @returns {Promise<{ method: string, url: string, headers: [name: string, value: string][] }>}
 */
export async function presign(environment, args) {
  const run = await countersign(environment, ['presign', '--json', '--service', 's3', ...args])
  assert.equal(run.code, 0, run.stderr)
  return JSON.parse(run.stdout.toString())
}

/**
 * Sends what is there and nothing else: the target is not parsed, no header is thought up.
 *
 * @param {{ method: string, url: string, headers: readonly [name: string, value: string][] }} request
 * @param {Uint8Array} [body]
 * @returns {Promise<{ status: number, body: Buffer }>}
 */
export async function exchange({ method, url, headers }, body) {
  const [, scheme, authority = '', path = ''] = /^(https?):\/\/([^/]+)(.*)$/.exec(url) ?? []
  const { hostname, port } = new URL(`${scheme}://${authority}`)
  const length = body === undefined ? [] : ['content-length', String(body.length)]
  const { request } = scheme === 'https' ? https : http
  const sent = request({
    method,
    hostname,
    port,
    path,
    headers: ['host', authority, ...headers.flat(), ...length],
    agent: false,
  })
  sent.end(body)
  const [answer] = await once(sent, 'response')
  return { status: answer.statusCode, body: await buffer(answer) }
}

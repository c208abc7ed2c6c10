/**
 * What a real server answers to requests with a mistake, and that `countersign explain` names the mistake.
 */
import assert from 'node:assert/strict'
import * as http from 'node:http'
import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { countersign, presign } from './command.mjs'
import { signWrongly } from './wrong-requests.mjs'

/** @typedef {import('./wrong-requests.mjs').Ask} Ask */
/** @typedef {import('./wrong-requests.mjs').Mistake} Mistake */
/** @typedef {{ method: string, url: string, headers: readonly (readonly [string, string])[], body?: string }} Sent */

/** @type {readonly (readonly [code: string, grade: string, ask: Omit<Ask, 'url'> & { target: string }, mistake: Mistake])[]} */
const MISTAKES = [
  ['secret-whitespace', 'proven', { target: '/key' }, { secret: (secret) => `${secret}\n` }],
  ['secret-invisible', 'proven', { target: '/key' }, { secret: (secret) => `\ufeff${secret}` }],
  ['secret-encoded', 'proven', { target: '/key' }, { secret: (secret) => `"${secret}"` }],
  ['stale-derived-key', 'proven', { target: '/key' }, { keyDay: yesterday }],
  ['unknown-key', 'stated', { target: '/key' }, { id: () => 'AKIAUNKNOWN000000000' }],
  ['clock-behind', 'stated', { target: '/key' }, { minutes: -63 }],
  ['clock-ahead', 'stated', { target: '/key' }, { minutes: 63 }],
  ['path-reserved-bare', 'proven', { target: '/a%40b%3Ac' }, { path: decodeURIComponent }],
  ['path-double-s3', 'proven', { target: '/a%20b' }, { path: (path) => path.replaceAll('%', '%25') }],
  [
    'path-hex-case',
    'proven',
    { target: '/caf%C3%A9' },
    { path: (path) => path.replace(/%../g, (hex) => hex.toLowerCase()) },
  ],
  ['path-collapsed-s3', 'proven', { target: '/a//b' }, { path: (path) => path.replaceAll('//', '/') }],
  [
    'query-sort',
    'proven',
    { target: '/?prefix=b&delimiter=%2F' },
    { query: (query) => query.split('&').toReversed().join('&') },
  ],
  ['query-no-equals', 'proven', { target: '/?acl' }, { query: (query) => query.replace('acl=', 'acl') }],
  ['query-rfc3986', 'proven', { target: '/?prefix=a%27%28b' }, { query: decodeURIComponent }],
  [
    'query-space-plus',
    'proven',
    { target: '/?prefix=a%20b' },
    { query: (query) => query.replace('%20', '+') },
  ],
  ['presign-method', 'proven', { target: '/key' }, { method: () => 'HEAD' }],
  [
    'host-port',
    'proven',
    { target: '/key' },
    { value: (name, text) => (name === 'host' ? text.replace(/:\d+$/, '') : text) },
  ],
  [
    'whitespace',
    'proven',
    { target: '/key', headers: [['x-amz-meta-a', 'two  blanks']] },
    { value: (_, text) => text },
  ],
  ['body-changed', 'likely', { target: '/key', method: 'PUT', body: '{"a":1}' }, { sentBody: '{"a":1}\n' }],
  ['not-found', 'stated', { target: '/no-such-key' }, {}],
]

/** @param {string} day */
function yesterday(day) {
  const date = new Date(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00Z`)
  return new Date(date.getTime() - 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')
}

/**
 * Sends a request as it stands, and writes the exchange down as HTTP.
 *
 * @param {Sent} sent
 * @returns {Promise<string>}
 */
async function dump({ method, url, headers, body = '' }) {
  const [, hostname, port, path = ''] = /^https?:\/\/([^/:]+):(\d+)(.*)$/.exec(url) ?? []
  const length = body === '' ? [] : [['content-length', String(Buffer.byteLength(body))]]
  const all = [...headers, ...length]
  const request = http.request({ method, hostname, port, path, headers: all.flat(), agent: false })
  request.end(body)
  const [answer] = await once(request, 'response')
  const text = (await buffer(answer)).toString('latin1')
  const back = answer.rawHeaders.flatMap((/** @type {string} */ name, /** @type {number} */ at) =>
    at % 2 === 0 ? [`${name}: ${answer.rawHeaders[at + 1]}`] : [],
  )
  const head = [`${method} ${path} HTTP/1.1`, ...all.map(([name, value]) => `${name}: ${value}`)]
  return `${head.join('\r\n')}\r\n\r\n${body}\r\nHTTP/1.1 ${answer.statusCode} x\r\n${back.join('\r\n')}\r\n\r\n${text}`
}

/**
 * Has an exchange explained, and expects a cause among the best.
 *
 * @param {Record<string, string>} environment
 * @param {string} exchange
 * @param {string} code
 * @param {string} grade
 */
async function expectCause(environment, exchange, code, grade) {
  const run = await countersign(environment, ['explain', '--json'], Buffer.from(exchange, 'latin1'))
  const { verdicts = [] } = JSON.parse(run.stdout.toString() || '{}')
  const told = verdicts.map(
    (/** @type {{ code: string, grade: string }} */ verdict) => `${verdict.code} ${verdict.grade}`,
  )
  assert.ok(
    told.includes(`${code} ${grade}`),
    `${told.join(', ') || 'nothing'} ${run.stderr}\n${exchange.slice(-600)}`,
  )
  const secret = environment['AWS_SECRET_ACCESS_KEY'] ?? ''
  const token = environment['AWS_SESSION_TOKEN'] ?? ''
  for (const one of [secret, token])
    assert.ok(one === '' || !(run.stdout.toString() + run.stderr).includes(one))
}

/**
 * Makes each mistake, and has what the server answers explained.
 *
 * @param {import('./buckets.mjs').Place} place
 * @param {import('./store.mjs').Store} store
 */
export async function tryExplanations({ trials, identity: { environment, token }, bucket }, { stranger }) {
  const trial = (
    /** @type {string} */ code,
    /** @type {'header' | 'presigned'} */ how,
    /** @type {() => Promise<void>} */ action,
  ) => trials.try({ operation: `explained: ${code}`, how, token }, action)
  for (const [code, grade, { target, ...ask }, mistake] of MISTAKES) {
    await trial(code, 'header', async () => {
      const sent = signWrongly(environment, { ...ask, url: bucket + target }, mistake)
      await expectCause(environment, await dump(sent), code, grade)
    })
  }
  const anHourAgo = new Date(Date.now() - 3_600_000).toISOString()
  await trial('presign-expired', 'presigned', async () => {
    const made = await presign(environment, ['--at', anHourAgo, '--expires', '60', `${bucket}/key`])
    await expectCause(environment, await dump(withHost(made)), 'presign-expired', 'likely')
  })
  await trial('query-added', 'presigned', async () => {
    const made = await presign(environment, [`${bucket}/key`])
    await expectCause(
      environment,
      await dump(withHost({ ...made, url: `${made.url}&_=1` })),
      'query-added',
      'proven',
    )
  })
  if (stranger) {
    await trial('policy-denied', 'header', async () => {
      const sent = signWrongly(stranger.environment, { url: `${bucket}/key` }, {})
      await expectCause(stranger.environment, await dump(sent), 'policy-denied', 'likely')
    })
  }
}

/** @param {Sent} sent @returns {Sent} */
function withHost(sent) {
  const host = /^https?:\/\/([^/]+)/.exec(sent.url)?.[1] ?? ''
  return { ...sent, headers: [['host', host], ...sent.headers] }
}

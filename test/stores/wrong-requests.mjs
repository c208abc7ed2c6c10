/**
 * A small signer with one mistake, for requests that a real server refuses. It shares no code with the library.
 */
import { createHash, createHmac } from 'node:crypto'

/**
 * What is asked for.
 *
 * @typedef {object} Ask
 * @property {string} url
 * @property {string} [method]
 * @property {readonly (readonly [name: string, value: string])[]} [headers] signed with the others
 * @property {string} [body]
 */

/**
 * Where the signer goes wrong: each gets what is right, and gives what is signed instead.
 *
 * @typedef {object} Mistake
 * @property {(id: string) => string} [id]
 * @property {(secret: string) => string} [secret]
 * @property {(path: string) => string} [path]
 * @property {(query: string) => string} [query]
 * @property {(method: string) => string} [method]
 * @property {(name: string, value: string) => string} [value] of a header
 * @property {(day: string) => string} [keyDay] the day that the key is derived for
 * @property {(hash: string) => string} [payloadHash]
 * @property {string} [sentBody]
 * @property {number} [minutes] by which the clock is off
 */

const same = (/** @type {string} */ text) => text
/** @param {string | Buffer} key @param {string} text */
const hmac = (key, text) => createHmac('sha256', key).update(text).digest()
/** @param {string} text */
const sha256 = (text) => createHash('sha256').update(text).digest('hex')
/** @param {string} text */
const encode = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

/**
 * Signs with a header.
 *
 * @param {Record<string, string>} environment
 * @param {Ask} ask
 * @param {Mistake} mistake
 */
export function signWrongly(environment, { url, method = 'GET', headers = [], body = '' }, mistake) {
  const [, host = '', rawPath = '', rawQuery = ''] = /^https?:\/\/([^/]+)([^?]*)\??(.*)$/.exec(url) ?? []
  const instant = new Date(Date.now() + (mistake.minutes ?? 0) * 60_000).toISOString()
  const date = instant.replace(/\.\d+|\W/g, '')
  const scope = [date.slice(0, 8), environment['AWS_REGION'] ?? '', 's3', 'aws4_request']
  const hash = (mistake.payloadHash ?? same)(sha256(body))
  const token = environment['AWS_SESSION_TOKEN']
  /** @type {[string, string][]} */
  const sent = [
    ['host', host],
    ['x-amz-content-sha256', hash],
    ['x-amz-date', date],
    ...(token ? [/** @type {[string, string]} */ (['x-amz-security-token', token])] : []),
    ...headers.map(([name, value]) => /** @type {[string, string]} */ ([name, value])),
  ]
  const lines = sent.toSorted(([a], [b]) => (a < b ? -1 : 1))
  const value = mistake.value ?? ((_, text) => text.trim().replace(/ +/g, ' '))
  const names = lines.map(([name]) => name).join(';')
  const path = rawPath.split('/').map(decodeURIComponent).map(encode).join('/')
  const pairs =
    rawQuery === '' ? [] : rawQuery.split('&').map((pair) => (pair.includes('=') ? pair : `${pair}=`))
  const canonical = [
    (mistake.method ?? same)(method),
    (mistake.path ?? same)(path),
    (mistake.query ?? same)(pairs.toSorted().join('&')),
    lines.map(([name, text]) => `${name}:${value(name, text)}\n`).join(''),
    names,
    hash,
  ].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(canonical)].join('\n')
  const days = [(mistake.keyDay ?? same)(scope[0] ?? ''), ...scope.slice(1)]
  const secret = (mistake.secret ?? same)(environment['AWS_SECRET_ACCESS_KEY'] ?? '')
  const key = days.reduce((/** @type {string | Buffer} */ own, part) => hmac(own, part), `AWS4${secret}`)
  const id = (mistake.id ?? same)(environment['AWS_ACCESS_KEY_ID'] ?? '')
  const signature = hmac(key, toSign).toString('hex')
  const authorization = `AWS4-HMAC-SHA256 Credential=${id}/${scope.join('/')}, SignedHeaders=${names}, Signature=${signature}`
  /** @type {[string, string][]} */
  const all = [...sent, ['authorization', authorization]]
  return { method, url, headers: all, body: mistake.sentBody ?? body }
}

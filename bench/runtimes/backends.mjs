/**
 * What one signature costs by each make of the hash functions and of ECDSA that a runtime has. Runs anywhere: what a
 * runtime lacks has no row.
 */
import { nobleP256 } from '../../packages/countersign/dist/crypto/noble-p256.js'
import { nobleSha256 } from '../../packages/countersign/dist/crypto/noble-sha256.js'
import { nodeP256 } from '../../packages/countersign/dist/crypto/node-p256.js'
import { nodeSha256 } from '../../packages/countersign/dist/crypto/node-sha256.js'
import { defaultP256 } from '../../packages/countersign/dist/crypto/default-p256.js'
import { defaultSha256 } from '../../packages/countersign/dist/crypto/default-sha256.js'

/** @typedef {{ group: string, make: string, operation: () => unknown }} Row */

/** Milliseconds that a batch should take: long beside what a clock in a browser, or from afar, cannot tell apart. */
const BATCH = 12
const ROUNDS = 25

const canonicalRequest = `GET\n/stage/items\nParam1=value1&Param2=value2\nhost:abc123.execute-api.us-east-1.amazonaws.com\nx-amz-date:20261122T123456Z\n\nhost;x-amz-date\n${'e3b0c442'.repeat(8)}`
const stringToSign = `AWS4-HMAC-SHA256\n20261122T123456Z\n20261122/us-east-1/execute-api/aws4_request\n${'0a1b2c3d'.repeat(8)}`
const keyBytes = Uint8Array.from({ length: 32 }, (_, index) => index + 1)
const body = new Uint8Array(65_536).fill(97)
const utf8 = (/** @type {string} */ text) => new TextEncoder().encode(text)

/** @returns {{ crypto: typeof import('node:crypto'), buffer: typeof import('node:buffer') } | undefined} */
function nodeModules() {
  const process = /** @type {{ process?: NodeJS.Process }} */ (globalThis).process
  const crypto = process?.getBuiltinModule?.('node:crypto')
  const buffer = process?.getBuiltinModule?.('node:buffer')
  return crypto && buffer ? { crypto, buffer } : undefined
}

/** @param {string} make @param {import('../../packages/countersign/dist/crypto/sha256.js').Sha256} sha256 @returns {Row[]} */
function hashRows(make, sha256) {
  const key = sha256.hmacKey(keyBytes)
  return [
    {
      group: 'a hash and an HMAC',
      make,
      operation: () => sha256.hashHex(canonicalRequest) + key.signHex(stringToSign),
    },
    { group: 'a body of 64 KiB', make, operation: () => sha256.hashHex(body) },
  ]
}

/** @param {typeof import('node:crypto')} crypto @returns {Row[]} */
function incrementalRows({ createHash, createHmac }) {
  const make = 'createHash, createHmac'
  return [
    {
      group: 'a hash and an HMAC',
      make,
      operation: () =>
        createHash('sha256').update(canonicalRequest).digest('hex') +
        createHmac('sha256', keyBytes).update(stringToSign).digest('hex'),
    },
    { group: 'a body of 64 KiB', make, operation: () => createHash('sha256').update(body).digest('hex') },
  ]
}

/** @param {string} make @param {import('../../packages/countersign/dist/crypto/p256.js').P256} p256 @returns {Row[]} */
function curveRows(make, p256) {
  const key = p256(keyBytes)
  const signature = key.signHex(stringToSign)
  return [
    { group: 'ECDSA, sign', make, operation: () => key.signHex(stringToSign) },
    { group: 'ECDSA, verify', make, operation: () => key.hasSigned(stringToSign, signature) },
  ]
}

/** @returns {Promise<Row[]>} */
async function webCryptoRows() {
  const make = 'WebCrypto'
  const { subtle } = crypto
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const key = await subtle.importKey('raw', keyBytes, hmac, false, ['sign'])
  const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const pair = await subtle.generateKey(ecdsa, false, ['sign', 'verify'])
  const text = utf8(stringToSign)
  const signature = await subtle.sign(ecdsa, pair.privateKey, text)
  return [
    {
      group: 'a hash and an HMAC',
      make,
      operation: async () => [
        await subtle.digest('SHA-256', utf8(canonicalRequest)),
        await subtle.sign('HMAC', key, utf8(stringToSign)),
      ],
    },
    { group: 'a body of 64 KiB', make, operation: () => subtle.digest('SHA-256', body) },
    { group: 'ECDSA, sign', make, operation: () => subtle.sign(ecdsa, pair.privateKey, text) },
    { group: 'ECDSA, verify', make, operation: () => subtle.verify(ecdsa, pair.publicKey, signature, text) },
  ]
}

/** Rows of a make that may not work here at all. @param {() => Row[]} make @returns {Row[]} */
function ifItWorks(make) {
  try {
    const made = make()
    for (const { operation } of made) operation()
    return made
  } catch {
    return []
  }
}

/** Every row that this runtime has. @returns {Promise<Row[]>} */
export async function rows() {
  const node = nodeModules()
  const ofNode = node
    ? [
        ...ifItWorks(() => hashRows('hash', nodeSha256(node.crypto.hash, node.buffer.Buffer))),
        ...ifItWorks(() => incrementalRows(node.crypto)),
        ...ifItWorks(() => curveRows('node:crypto', nodeP256(node.crypto, node.buffer.Buffer))),
      ]
    : []
  const noble = [...hashRows('noble', nobleSha256), ...curveRows('noble', nobleP256)]
  const taken = [...hashRows('the library', defaultSha256()), ...curveRows('the library', defaultP256())]
  return [...ofNode, ...noble, ...(await webCryptoRows()), ...taken]
}

/** Keeps results alive, so that no compiler may leave the work out. */
let sink = /** @type {unknown} */ (undefined)

/** Runs a row so many times. @param {Row['operation']} operation @param {number} times */
export async function repeat(operation, times) {
  if (times === 0) return
  if (operation() instanceof Promise) for (let i = 1; i < times; i++) sink = await operation()
  else for (let i = 1; i < times; i++) sink = operation()
}

/**
 * Microseconds that one operation of each row takes, the best of many short batches that take turns.
 *
 * @param {number} count of rows
 * @param {(index: number, times: number) => Promise<number>} time milliseconds that a batch takes
 */
export async function measureAll(count, time) {
  const batches = []
  for (let index = 0; index < count; index++) {
    let times = 2
    while ((await time(index, times)) < BATCH && times < 1e6) times *= 2
    batches.push({ times, best: Infinity })
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, batch] of batches.entries()) {
      batch.best = Math.min(batch.best, ((await time(index, batch.times)) / batch.times) * 1000)
    }
  }
  return batches.map(({ best }) => best)
}

/** Measures here, where the clock goes on while something is computed. */
export async function measureHere() {
  const all = await rows()
  const times = await measureAll(all.length, async (index, count) => {
    const began = performance.now()
    await repeat(/** @type {Row} */ (all[index]).operation, count)
    return performance.now() - began
  })
  if (sink === undefined) throw new Error('The last row gave nothing back')
  return all.map(({ group, make }, index) => ({ group, make, time: times[index] }))
}

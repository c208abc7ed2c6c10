/**
 * `node bench/streaming.mjs`: what signing and verifying an upload in chunks costs beside the hash that neither can do
 * without. Each row reads the same bytes; the rows take turns, and each keeps its best round.
 */
import { createHash } from 'node:crypto'
import { signChunks } from 'countersign/streaming'
import { createVerifier } from 'countersign/verify'

const ROUNDS = 30
const TOTAL = 32 * 1024 * 1024
/** Length of the pieces in which a file or a socket gives its bytes. */
const PIECE = 64 * 1024
const KIB = 1024

const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey }
const url = 'https://bucket.s3.us-east-1.amazonaws.com/key'
const verifier = createVerifier({ service: 's3', region: 'us-east-1', secrets: () => ({ secretAccessKey }) })

const bytes = Uint8Array.from({ length: TOTAL }, (_, index) => (index * 31) & 255)

/** @param {number} size */
async function* source(size) {
  for (let at = 0; at < TOTAL; at += size) yield bytes.subarray(at, at + size)
}

/** @param {AsyncIterable<Uint8Array>} body */
async function drain(body) {
  let length = 0
  for await (const piece of body) length += piece.length
  if (length < TOTAL) throw new Error('Something was lost on the way')
}

/** @param {number} chunkSize @param {{ checksum?: import('countersign/streaming').ChecksumName }} [more] */
function sign(chunkSize, more) {
  const request = { method: 'PUT', url, headers: { 'content-length': String(TOTAL) } }
  return signChunks({ ...request, body: source(chunkSize) }, { credentials, chunkSize, ...more })
}

/** The least that either must do: a hash of the same bytes, in pieces as long as the chunks. @param {number} chunkSize */
async function floor(chunkSize) {
  const hash = createHash('sha256')
  for await (const piece of source(chunkSize)) hash.update(piece)
  hash.digest()
}

/** A signed body as a socket gives it: in pieces that know nothing of frames. @param {number} chunkSize */
async function received(chunkSize) {
  const { headers, body } = sign(chunkSize)
  const parts = []
  for await (const part of body) parts.push(part)
  const wire = Buffer.concat(parts)
  const pieces = Array.from({ length: Math.ceil(wire.length / PIECE) }, (_, index) =>
    wire.subarray(index * PIECE, (index + 1) * PIECE),
  )
  return { method: 'PUT', target: '/key', headers, pieces }
}

/** @param {Awaited<ReturnType<typeof received>>} upload */
async function verify({ pieces, ...message }) {
  async function* body() {
    yield* pieces
  }
  const { body: data } = await verifier.verify({ ...message, body: body() })
  await drain(data ?? body())
}

/** @type {{ name: string, chunkSize: number, run: () => Promise<void>, time: number }[]} */
const rows = []
for (const chunkSize of [64 * KIB, 1024 * KIB]) {
  const upload = await received(chunkSize)
  const add = (/** @type {string} */ name, /** @type {() => Promise<void>} */ run) =>
    rows.push({ name, chunkSize, run, time: Infinity })
  add('floor: SHA-256', () => floor(chunkSize))
  add('sign', () => drain(sign(chunkSize).body))
  add('sign, crc32', () => drain(sign(chunkSize, { checksum: 'crc32' }).body))
  add('sign, crc64nvme', () => drain(sign(chunkSize, { checksum: 'crc64nvme' }).body))
  add('verify', () => verify(upload))
}
for (let round = 0; round < ROUNDS; round++) {
  for (const row of rows) {
    // The processor's time, which other programs on the machine do not add to.
    const start = process.cpuUsage()
    await row.run()
    const { user, system } = process.cpuUsage(start)
    row.time = Math.min(row.time, (user + system) / 1000)
  }
}

console.log(
  `Node ${process.version}, ${process.platform} ${process.arch}; each row's best of interleaved rounds`,
)
console.table(
  rows.map(({ name, chunkSize, time }) => {
    const best = rows.find((row) => row.chunkSize === chunkSize)?.time ?? NaN
    return {
      row: name,
      'chunks of KiB': chunkSize / KIB,
      'MB per second': Math.round(TOTAL / time / 1000),
      '% of the floor': Number(((best / time) * 100).toFixed(1)),
    }
  }),
)

/**
 * Uploads of 2 GiB, signed and verified in a process of its own: its memory does not grow with them.
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const MEBIBYTE = 1024 * 1024
const run = promisify(execFile)
const dist = new URL('../../dist/', import.meta.url).href

/** Signs and verifies as many bytes as it is told; prints how far its memory rose above that of the idle process. */
const PROGRAM = `
import { signChunks } from '${dist}streaming/index.js'
import { createVerifier } from '${dist}verify/index.js'

const [total, piece, chunkSize, payload] = process.argv.slice(1)
const length = Number(total)
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }
const verifier = createVerifier({ service: 's3', region: 'us-east-1', secrets: () => credentials })

// Every piece is a new one, as a file or a socket gives them.
async function* source(bytes) {
  for (let at = 0; at < bytes; at += Number(piece)) {
    yield new Uint8Array(Math.min(Number(piece), bytes - at)).fill(at & 255)
    if (at % (64 * Number(piece)) === 0) await new Promise(setImmediate)
  }
}

async function upload(bytes) {
  const { method, headers, body } = signChunks(
    { method: 'PUT', url: 'https://b.s3.us-east-1.amazonaws.com/k', body: source(bytes) },
    { credentials, decodedLength: bytes, chunkSize: Number(chunkSize), checksum: 'crc32', payload },
  )
  const verified = await verifier.verify({ method, target: '/k', headers, body })
  let got = 0
  let peak = 0
  let count = 0
  for await (const data of verified.body) {
    got += data.length
    if (count++ % 256 === 0) peak = Math.max(peak, process.memoryUsage.rss())
  }
  if (got !== bytes) throw new Error('lost ' + (bytes - got))
  return peak
}

const idle = process.memoryUsage.rss()
const peak = await upload(length)
console.log(peak - idle)
`

it.each([
  ['signed', 65_536, 65_536],
  ['signed', 10_000, 65_536],
  ['signed', 65_536, MEBIBYTE],
  ['unsigned', 65_536, 65_536],
])('%s, in pieces of %i, in chunks of %i', async (payload, piece, chunkSize) => {
  const args = [2048 * MEBIBYTE, piece, chunkSize, payload].map(String)
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', PROGRAM, ...args], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
  })
  expect(Number(stdout)).toBeLessThan(64 * MEBIBYTE)
})

/** Verifies bodies that come byte by byte, as slow as can be; prints how far the memory rose, in bytes. */
const BYTE_BY_BYTE = `
import { signChunks } from '${dist}streaming/index.js'
import { createVerifier } from '${dist}verify/index.js'

const [length, chunkSize, payload] = process.argv.slice(1)
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }
const verifier = createVerifier({ service: 's3', region: 'us-east-1', secrets: () => credentials })
const { method, headers, body } = signChunks(
  { method: 'PUT', url: 'https://b.s3.us-east-1.amazonaws.com/k', body: new Uint8Array(Number(length)) },
  { credentials, chunkSize: Number(chunkSize), payload },
)
async function* bytes() {
  for await (const part of body) {
    for (const byte of part) {
      peak = Math.max(peak, count++ % 65536 === 0 ? process.memoryUsage.rss() : 0)
      yield Uint8Array.of(byte)
    }
  }
}
let count = 0
const idle = process.memoryUsage.rss()
let peak = idle
const verified = await verifier.verify({ method, target: '/k', headers, body: bytes() })
for await (const data of verified.body) peak = Math.max(peak, process.memoryUsage.rss())
console.log(peak - idle)
`

it.each([
  ['a signed chunk of 8 MiB', 8 * MEBIBYTE, 8 * MEBIBYTE, 'signed'],
  ['1 MiB that is held back', MEBIBYTE, 65_536, 'unsigned'],
])('%s, byte by byte', async (_, length, chunkSize, payload) => {
  const args = [length, chunkSize, payload].map(String)
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', BYTE_BY_BYTE, ...args])
  expect(Number(stdout)).toBeLessThan(64 * MEBIBYTE)
})

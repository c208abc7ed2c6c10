import { describe, expect, it } from 'vitest'
import { joinChunks, readChunkFrames } from './chunk-frames.ts'

const SIGNATURE = 'a'.repeat(64)
const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')
const WHOLE = `4;chunk-signature=${SIGNATURE}\r\ndata\r\n0;chunk-signature=${SIGNATURE}\r\n\r\n`

describe('readChunkFrames', () => {
  it('reads chunks, their places and their signatures', () => {
    const { chunks, fault } = readChunkFrames(bytes(WHOLE))
    expect(chunks.map(({ offset, signature, data }) => [offset, signature, data.length])).toEqual([
      [0, SIGNATURE, 4],
      [90, SIGNATURE, 0],
    ])
    expect(fault).toBeUndefined()
  })

  it('reads trailers', () => {
    const { trailers } = readChunkFrames(bytes('1\r\na\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n'))
    expect(trailers).toEqual(['x-amz-checksum-crc32:AAAA'])
  })

  it.each([
    ['no frames at all', 'data', 0, 'no size of a chunk stands there'],
    ['no last chunk', '4\r\ndata\r\n', 9, 'the chunk of size 0 at the end is missing'],
    ['a chunk that ends early', '8\r\ndata\r\n', 0, 'the chunk says 8 bytes, and 6 follow'],
    ['a size that is too small', '3\r\ndata\r\n0\r\n\r\n', 0, 'no line end stands behind its 3 bytes'],
    ['an empty body', '', 0, 'the chunk of size 0 at the end is missing'],
  ])('tells where it finds %s', (_, body, offset, reason) => {
    expect(readChunkFrames(bytes(body)).fault).toEqual({ offset, reason })
  })
})

it('takes the data out of frames, and nothing out of what has none', () => {
  expect(Buffer.from(joinChunks(bytes(WHOLE)) ?? []).toString()).toBe('data')
  expect(joinChunks(bytes('data'))).toBeUndefined()
})

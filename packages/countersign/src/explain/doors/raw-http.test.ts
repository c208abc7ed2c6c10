import { expect, it } from 'vitest'
import { utf8 } from '../../core/bytes.ts'
import { EvidenceError } from '../../errors.ts'
import { parseRawRequest, readRawHttp } from './raw-http.ts'

const HEAD = 'PUT /a HTTP/1.1\r\nHost: example.com\r\nContent-Length: 4194304\r\n\r\n'

/** A head, a body of 4 MiB in lines of two bytes, and what stands behind it. */
function upload(behind = ''): { bytes: Uint8Array; body: Uint8Array } {
  const [head, rest] = [utf8(HEAD), utf8(behind)]
  const bytes = new Uint8Array(head.length + 4 * 1024 * 1024 + rest.length).fill(10)
  bytes.set(head)
  for (let at = head.length; at < bytes.length - rest.length; at += 2) bytes[at] = 255
  bytes.set(rest, bytes.length - rest.length)
  return { bytes, body: bytes.subarray(head.length, bytes.length - rest.length) }
}

it('makes no text of a body, however long it is', () => {
  const { bytes, body } = upload()
  const { request, notes } = parseRawRequest(bytes)
  expect([request.method, notes, request.body.byteOffset]).toEqual(['PUT', [], body.byteOffset])
  expect(request.body.length).toBe(body.length)
})

it('finds the answer behind a long body', () => {
  const { bytes } = upload('\r\n\r\nHTTP/1.1 403 Forbidden\r\nServer: a\r\n\r\nno')
  const { answer } = readRawHttp(bytes)
  expect(answer).toEqual({ status: 403, headers: [['Server', 'a']], body: utf8('no') })
})

it('refuses what has no end of a head within the first mebibyte', () => {
  const read = (): unknown => parseRawRequest(new Uint8Array(16 * 1024 * 1024).fill(120))
  expect(read).toThrow(EvidenceError)
  expect(read).toThrow(expect.objectContaining({ code: 'EVIDENCE_MALFORMED' }))
})

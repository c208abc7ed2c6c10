import { describe, expect, it } from 'vitest'
import { SigningError } from '../errors.ts'
import type { Body, SyncBody } from './http-request.ts'
import { readBody, readSyncBody } from './read-body.ts'

const buffer = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8).buffer
const refused = expect.objectContaining({ constructor: SigningError, code: 'BODY_UNSUPPORTED' })

describe('readSyncBody (row 28, PAY-7)', () => {
  it.each<[string, SyncBody, number[]]>([
    ['a text, as UTF-8', 'aé', [0x61, 0xc3, 0xa9]],
    ['an empty text', '', []],
    ['an ArrayBuffer', buffer, [1, 2, 3, 4, 5, 6, 7, 8]],
    ['a view of a part', new Uint8Array(buffer, 2, 3), [3, 4, 5]],
    ['a subarray', new Uint8Array(buffer).subarray(6), [7, 8]],
    ['numbers of two bytes', new Uint16Array(buffer, 2, 1), [3, 4]],
    ['a DataView', new DataView(buffer, 1, 2), [2, 3]],
    ['a Buffer', Buffer.from('ab'), [0x61, 0x62]],
    ['URLSearchParams', new URLSearchParams({ a: 'b c', d: 'é' }), [...Buffer.from('a=b+c&d=%C3%A9')]],
  ])('reads %s', (_, body, bytes) => {
    expect([...(readSyncBody(body) ?? [])]).toEqual(bytes)
  })

  it('has no bytes for no body', () => {
    expect(readSyncBody(undefined)).toBeUndefined()
    expect(readSyncBody(null as unknown as SyncBody)).toBeUndefined()
  })

  it('copies memory that others can write to', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(2)).fill(1)
    const bytes = readSyncBody(shared)
    shared.fill(2)
    expect([...(bytes ?? [])]).toEqual([1, 1])
    expect(bytes?.buffer).toBeInstanceOf(ArrayBuffer)
  })

  it.each<[string, unknown]>([
    ['a Blob', new Blob(['a'])],
    ['FormData', new FormData()],
    ['a stream', new ReadableStream()],
    ['an array', [1, 2]],
    ['an object', { a: 1 }],
    ['a number', 1],
    ['a promise', Promise.resolve('a')],
  ])('refuses %s', (_, body) => {
    expect(() => readSyncBody(body as SyncBody)).toThrow(refused)
  })
})

describe('readBody', () => {
  it('waits for a Blob', async () => {
    expect(await readBody(new Blob(['ab', Uint8Array.of(99)]))).toEqual({ bytes: Uint8Array.of(97, 98, 99) })
  })

  it('writes FormData once, and tells its boundary (WIRE-4, WIRE-5)', async () => {
    const form = new FormData()
    form.set('name', 'value')
    const { bytes, contentType } = await readBody(form)
    const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(contentType ?? '')?.[1] ?? ''
    expect(boundary).not.toBe('')
    expect(Buffer.from(bytes ?? []).toString()).toContain(`--${boundary}\r\n`)
  })

  it('reads what is at hand as readSyncBody does', async () => {
    expect(await readBody('a')).toEqual({ bytes: Uint8Array.of(97) })
    expect(await readBody(undefined)).toEqual({ bytes: undefined })
  })

  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(1)
  }

  it.each<[string, Body]>([
    ['a stream', new ReadableStream<Uint8Array>()],
    ['an async iterable', chunks()],
  ])('refuses %s rather than leave it unsigned (PAY-3)', async (_, body) => {
    await expect(readBody(body)).rejects.toEqual(refused)
  })
})

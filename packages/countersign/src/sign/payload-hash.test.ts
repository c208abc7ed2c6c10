import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { SigningError } from '../errors.ts'
import { resolvePayloadHash } from './payload-hash.ts'

const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const body = Uint8Array.of(1, 2, 3)
const HASH = createHash('sha256').update(body).digest('hex')

describe('resolvePayloadHash (section 6)', () => {
  it.each<[string, string | undefined, Uint8Array | undefined, string]>([
    ['no body', undefined, undefined, EMPTY],
    ['an empty body', undefined, new Uint8Array(), EMPTY],
    ['a body', undefined, body, HASH],
    ['the hash of the body given (PAY-1)', HASH, body, HASH],
    ['a hash for a body that is sent elsewhere', HASH, undefined, HASH],
    ['UNSIGNED-PAYLOAD', 'UNSIGNED-PAYLOAD', body, 'UNSIGNED-PAYLOAD'],
    ['signed chunks', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', undefined, 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'],
    ['an unsigned trailer', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', body, 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'],
    ['events', 'STREAMING-AWS4-HMAC-SHA256-EVENTS', undefined, 'STREAMING-AWS4-HMAC-SHA256-EVENTS'],
  ])('of %s', (_, given, bytes, hash) => {
    expect(resolvePayloadHash(given, bytes)).toBe(hash)
  })

  it.each<[string, string, Uint8Array | undefined]>([
    ['that of other bytes (PAY-1)', EMPTY, body],
    ['in upper case', HASH.toUpperCase(), body],
    ['cut short', HASH.slice(1), undefined],
    ['empty', '', undefined],
    ['a keyword in lower case', 'unsigned-payload', undefined],
    ['a word of nobody’s', 'UNSIGNED', undefined],
    ['a keyword with more behind it', 'UNSIGNED-PAYLOAD\n', undefined],
  ])('refuses a hash that is %s', (_, given, bytes) => {
    expect(() => resolvePayloadHash(given, bytes)).toThrow(
      expect.objectContaining({ constructor: SigningError, code: 'PAYLOAD_HASH_INVALID' }),
    )
  })
})

/** Whatever is pasted is read or refused with a typed error, in time that grows no faster than its length. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { EvidenceError } from '../../errors.ts'
import { readEvidence } from './read-evidence.ts'

const SAMPLES = [
  `curl -sv -H 'a: b' -d @file --data-urlencode 'a=b' -G "https://h/\\"x" $'\\x41'`,
  `curl ^"https://h/^" ^\r\n -H ^"a: b^"`,
  '> GET / HTTP/1.1\n> Host: h\n> \n< HTTP/1.1 403 F\n< a: b\n< \n{ [3 bytes data]\nabc',
  '=> Send header, 10 bytes (0xa)\n0000: GET / HTTP/1.1\n0010: \n<= Recv header, 8 bytes (0x8)\n0000: HTTP/1.1 403 F\n',
  '=> Send header, 18 bytes (0x12)\n0000: 47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a GET / HTTP/1.1..\n0010: 0d 0a                                           ..\n',
  'fetch("https://h/", {"headers": {"a": "b"}, "body": JSON.stringify({a: [1, null]})})',
  '{"log":{"entries":[{"request":{"method":"GET","url":"https://h/","headers":[{"name":"a","value":"b"}]},"response":{"status":403}}]}}',
  "CanonicalRequest:\nGET\n/\n\nhost:h\n\nhost\nUNSIGNED-PAYLOAD\nSending http request: <AWSPreparedRequest stream_output=True, method=GET, url=https://h/, headers={'a': b'b\\x00'}>\nResponse body:\nb'<Error/>'",
  '---[ REQUEST POST-SIGN ]---\nGET / HTTP/1.1\nHost: h\n\n---------------------\n',
  "Error: x\n { $metadata: { httpStatusCode: 403 }, Code: 'X', CanonicalRequest: 'GET\\n' +\n '/' }",
  'PUT /a HTTP/1.1\r\nHost: h\r\n\r\nbody\r\nHTTP/1.1 403 No\r\n\r\n<Error/>',
  'An error occurred (X) when calling the Y operation: z',
  '403',
  'x http-outgoing-0 >> "GET / HTTP/1.1[\\r][\\n]"\nx http-outgoing-0 << "HTTP/1.1 403 F[\\r][\\n]"',
  'x\n```xml\n<Error><Code>X</Code></Error>\n```\n```\nGET / HTTP/1.1\n\n```\n',
  'a-1 | {"err":"\\u003cError>\\n{\\"message\\":\\"y\\"}","message":"z"}',
]

/** Samples with pieces cut out, doubled and put in elsewhere. */
const damaged = fc
  .tuple(
    fc.constantFrom(...SAMPLES),
    fc.array(fc.tuple(fc.nat(400), fc.nat(12), fc.string({ maxLength: 4 }))),
  )
  .map(([sample, cuts]) =>
    cuts.reduce((text, [at, length, added]) => text.slice(0, at) + added + text.slice(at + length), sample),
  )

it.each([
  ['any text', fc.string({ unit: 'binary', maxLength: 400 })],
  ['a damaged form', damaged],
])('is read or refused: %s', (_, texts) => {
  fc.assert(
    fc.property(texts, (text) => {
      try {
        const { notes, form } = readEvidence(text, { readFile: () => new Uint8Array(3) })
        expect(notes).toEqual(expect.any(Array))
        expect(form).not.toBe('')
      } catch (error) {
        expect(error).toBeInstanceOf(EvidenceError)
      }
    }),
    { numRuns: 600 },
  )
})

it('reads any bytes, too', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      try {
        readEvidence(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(EvidenceError)
      }
    }),
  )
})

// Long runs of one sign are what patterns stumble over. 200 KB take milliseconds, and would take hours if they did.
it.each(Array.from('\'"\\{[(:, \n\r<>-A0+=%&^$`|~').map((sign) => [JSON.stringify(sign), sign] as const))(
  'is not held up by a long run of %s',
  (_, sign) => {
    for (const start of [
      '',
      'curl ',
      'fetch(',
      '> GET / HTTP/1.1\n',
      'Code: ',
      'CanonicalRequest:\nGET\n',
      '{"log":',
      'x <Error>',
      'x {"message":"',
      'x\n```\n',
      'http-outgoing-0 >> "',
      '$metadata: { httpStatusCode',
      '---[ REQUEST',
    ]) {
      try {
        readEvidence(start + sign.repeat(200_000))
      } catch (error) {
        expect(error).toBeInstanceOf(EvidenceError)
      }
    }
    expect(sign).toHaveLength(1)
  },
)

// Beginnings that never end, on one line or on many: where each is looked at to the end of the text, it takes minutes.
it.each([
  'http-outgoing-0 >> "',
  '$metadata: {',
  '---[ REQUEST',
  '---[ RESPONSE\n',
  '---[ RESPONSE\n--------------------\n{',
  'Sending http request: <AWSPreparedRequest stream_output=True, method=GET, url=x, headers={',
  'Sending http request: <AWSPreparedRequestMaking request for OperationModel(',
  'CanonicalRequest:\nGResponse headers: {',
  'CanonicalRequest:\nGET\n/\n\n',
  'x Exception: ',
  ' (Service: ',
  '400 A',
  'An error occurred (a) when calling the a operation',
])('is not held up by %j over and over', (piece) => {
  try {
    readEvidence(`x ${piece.repeat(2_000_000 / piece.length)}x`)
  } catch (error) {
    expect(error).toBeInstanceOf(EvidenceError)
  }
  expect(piece).not.toBe('')
})

it('is not held up by the colons of a canonical request that is cut off', () => {
  const log = `CanonicalRequest:\nGET\n/\n\n${'a:b:c:d:e\n'.repeat(60)}\nx\n`
  expect(() => readEvidence(log)).toThrow(EvidenceError)
})

import { describe, expect, it } from 'vitest'
import { EvidenceError } from '../../errors.ts'
import { readEvidence } from './read-evidence.ts'
import type { Reading } from './reading.ts'

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString()

describe('what browsers copy', () => {
  it('is read: a line of curl for sh', () => {
    const line = `curl 'https://b.s3.amazonaws.com/k?x=%20' \\
  -H 'accept: */*' \\
  -H 'x-amz-date: 20261122T000000Z' \\
  --data-raw $'{"a":"it\\'s\\u0021"}' \\
  --compressed`
    const { request } = readEvidence(line)
    expect([request?.method, request?.host, request?.target]).toEqual([
      'POST',
      'b.s3.amazonaws.com',
      '/k?x=%20',
    ])
    expect(text(request?.body)).toBe(`{"a":"it's!"}`)
    expect(request?.headers).toContainEqual(['x-amz-date', '20261122T000000Z'])
  })

  it('is read: a line of curl for cmd', () => {
    const line = `curl ^"https://b.s3.amazonaws.com/k?a=1^&b=^%^20^" ^
  -X ^"PUT^" ^
  -H ^"accept: */*^" ^
  --data-raw ^"^{^\\^"a^\\^":1^}^"`
    const { request } = readEvidence(line)
    expect([request?.method, request?.target, text(request?.body)]).toEqual([
      'PUT',
      '/k?a=1&b=%20',
      '{"a":1}',
    ])
  })

  it.each<[string]>([
    [
      `fetch("https://h.example/p?q=1", {\n  "headers": {\n    "x-a": "1"\n  },\n  "body": "{\\"a\\":1}",\n  "method": "POST"\n});`,
    ],
    [
      `const r = await fetch('https://h.example/p?q=1', { method: 'POST', headers: [['x-a', "1"]], body: JSON.stringify({ a: 1 }), })`,
    ],
    [
      'await fetch(`https://h.example/p?q=1`, {headers:{\'x-a\':`1`},method:"POST",body:`{"a":1}`,credentials:null,keepalive:true})',
    ],
  ])('is read: a call of fetch', (call: string) => {
    const { request, form } = readEvidence(call)
    expect(form).toBe('fetch')
    expect([request?.method, request?.target, text(request?.body)]).toEqual(['POST', '/p?q=1', '{"a":1}'])
    expect(request?.headers).toEqual([
      ['host', 'h.example'],
      ['x-a', '1'],
    ])
  })

  it('is read: a HAR, of which the last one that was signed and refused is taken', () => {
    const entry = (url: string, status: number, headers: object[] = []): object => ({
      request: { method: 'PUT', url, headers, postData: { mimeType: 'text/plain', text: 'héllo' } },
      response: {
        status,
        headers: [{ name: 'x-amz-request-id', value: 'R' }],
        content: { text: btoa('<Error/>'), encoding: 'base64' },
      },
    })
    const signed = [
      { name: ':authority', value: 'h:8443' },
      { name: 'authorization', value: 'AWS4-HMAC-SHA256 Credential=…' },
    ]
    const har = {
      log: {
        entries: [
          entry('https://h/a', 200),
          entry('https://h:8443/b%2F?x', 403, signed),
          entry('https://h/c', 404),
        ],
      },
    }
    const reading = readEvidence(JSON.stringify(har))
    expect(reading.wire).toMatchObject({ method: 'PUT', target: '/b%2F?x', host: 'h:8443' })
    expect(reading.wire?.headers[0]).toEqual(['host', 'h:8443'])
    expect(text(reading.wire?.body)).toBe('héllo')
    expect([reading.answer?.status, text(reading.answer?.body)]).toEqual([403, '<Error/>'])
    expect(reading.notes).toEqual(['The archive has 3 exchanges; number 2 is read'])
  })
})

describe('HTTP as it stands', () => {
  const request = 'PUT /a?b HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi'
  const answer = 'HTTP/1.1 403 Forbidden\r\nx-amz-request-id: R\r\n\r\n<Error/>'

  it.each(['\r\n', '\n', '\n\n', '\n###\n\n'])('is read: a request with its answer behind it', (between) => {
    for (const both of [request + between + answer, (request + between + answer).replaceAll('\r\n', '\n')]) {
      const reading = readEvidence(both)
      expect([reading.request?.target, text(reading.request?.body)]).toEqual(['/a?b', 'hi'])
      expect([reading.answer?.status, text(reading.answer?.body)]).toEqual([403, '<Error/>'])
    }
  })

  it('is read: a body that ends in a line end of its own', () => {
    const own = request.replace('Length: 2', 'Length: 4') + '\r\n'
    const { request: read, answer: back } = readEvidence(`${own}\r\n${answer}`)
    expect([text(read?.body), back?.status]).toEqual(['hi\r\n', 403])
  })

  it('is read: one alone', () => {
    expect(readEvidence(request)).toMatchObject({
      form: 'http',
      answer: undefined,
      request: { method: 'PUT' },
    })
    expect(readEvidence(answer)).toMatchObject({
      answer: { status: 403, headers: [['x-amz-request-id', 'R']] },
    })
    const both = readEvidence('GET / HTTP/1.1\nHost: h\n\nHTTP/1.1 400 Bad Request\n\n')
    expect([both.request?.body?.length, both.answer?.status]).toEqual([0, 400])
  })
})

describe('a key on a line of curl', () => {
  it('is told apart from the request', () => {
    const { credentials, request } = readEvidence(
      `curl --aws-sigv4 aws:amz:us-east-1:s3 -u 'AKIDEXAMPLE:a/secret' -H 'x-amz-security-token: t' https://h/`,
    )
    expect(credentials).toEqual({
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'a/secret',
      sessionToken: 't',
    })
    expect(JSON.stringify(request)).not.toContain('a/secret')
    expect(JSON.stringify(readEvidence(`curl -u me:password https://h/`))).not.toContain('password')
  })

  it('is none where a variable stands for it', () => {
    const { credentials, notes } = readEvidence(
      'curl --aws-sigv4 aws:amz:us-east-1:s3 --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" https://h/',
    )
    expect(credentials).toBeUndefined()
    expect(notes.join()).toContain('$AWS_SECRET_ACCESS_KEY stands for something')
  })
})

const STATUS: readonly (readonly [said: string, status: number, code: string | undefined])[] = [
  ['403', 403, undefined],
  ['HTTP 400', 400, undefined],
  ['403 Forbidden', 403, undefined],
  ['curl: (22) The requested URL returned error: 403', 403, undefined],
  [
    'An error occurred (SignatureDoesNotMatch) when calling the GetObject operation: The request signature we calculated does not match',
    0,
    'SignatureDoesNotMatch',
  ],
  [
    'operation error S3: GetObject, https response error StatusCode: 403, RequestID: X, HostID: y, api error InvalidAccessKeyId: The AWS Access Key Id',
    403,
    'InvalidAccessKeyId',
  ],
  [
    'com.amazonaws.services.s3.model.AmazonS3Exception: The request signature (Service: Amazon S3; Status Code: 403; Error Code: SignatureDoesNotMatch; Request ID: X; S3 Extended Request ID: y)',
    403,
    'SignatureDoesNotMatch',
  ],
  ['InvalidSignatureException: The signature does not match', 0, 'InvalidSignatureException'],
  [
    "raise_response_errors.rb:17:in 'call': The request signature (Aws::S3::Errors::SignatureDoesNotMatch)",
    0,
    'SignatureDoesNotMatch',
  ],
  [
    'AWS HTTP error: Client error: 403 Forbidden\n SignatureDoesNotMatch (client): The request signature - <?xml',
    0,
    'SignatureDoesNotMatch',
  ],
  ['requests.exceptions.HTTPError: 403 Client Error: Forbidden for url: https://h/', 403, undefined],
  ['AxiosError: Request failed with status code 403\n    at settle', 403, undefined],
  ['AccessDenied', 0, 'AccessDenied'],
]

describe('what clients say', () => {
  it.each(STATUS)('is read: %s', (said: string, status, code) => {
    const { answer } = readEvidence(said)
    expect(answer?.status).toBe(status)
    if (code !== undefined) expect(JSON.parse(text(answer?.body))).toMatchObject({ __type: code })
    else expect(answer?.body).toBeUndefined()
  })

  it('is read: the message behind the number of retries', () => {
    const said =
      'An error occurred (X) when calling the PutObject operation (reached max retries: 4): It is so'
    expect(JSON.parse(text(readEvidence(said).answer?.body))).toEqual({ __type: 'X', message: 'It is so' })
  })

  it.each<string>(['<Error><Code>X</Code></Error>', '{"__type":"X"}', '{"message":"For'])(
    'is read: a document',
    (document) => {
      const { form, answer } = readEvidence(document)
      expect([form, text(answer?.body)]).toEqual(['answer', document])
    },
  )

  it('is read: a presigned URL', () => {
    const { request } = readEvidence(
      'https://b.s3.amazonaws.com/a/../k?X-Amz-Signature=0\n',
    ) satisfies Reading
    expect(request).toMatchObject({
      method: 'GET',
      target: '/a/../k?X-Amz-Signature=0',
      host: 'b.s3.amazonaws.com',
    })
  })
})

describe('what cannot be read', () => {
  it.each<readonly [given: string, code: string]>([
    ['', 'EVIDENCE_UNKNOWN'],
    ['Dear support,\nit does not work', 'EVIDENCE_UNKNOWN'],
    [`curl 'https://h/ -H secret-header:1`, 'EVIDENCE_MALFORMED'],
    ['curl -v -H secret-header:1', 'EVIDENCE_MALFORMED'],
    ['fetch("/relative", { "secret-header": 1 })', 'EVIDENCE_MALFORMED'],
    ['fetch("https://h/", { "a": secret-header', 'EVIDENCE_MALFORMED'],
    ['{"log":{"entries":[]}}', 'EVIDENCE_MALFORMED'],
    ['GET / HTTP/1.1\nsecret-header\n\n', 'EVIDENCE_MALFORMED'],
  ])('is refused, and not repeated: %s', (given, code) => {
    expect(() => readEvidence(given)).toThrow(EvidenceError)
    try {
      readEvidence(given)
    } catch (error) {
      expect(error).toMatchObject({ code })
      expect(String(error)).not.toContain('secret-header')
    }
  })
})

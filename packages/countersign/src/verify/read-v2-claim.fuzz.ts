/** Whatever comes in as version 2 gives a result or a typed refusal; what our signers make is let in, and nothing else. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { VerificationError } from '../errors.ts'
import { presignS3V2, s3V2, signS3V2, signSigV2, sigV2 } from '../sigv2.ts'
import { createVerifier, sigV4, type RequestMessage } from './index.ts'

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const date = new Date('2026-11-22T12:00:00Z')
const verifier = createVerifier({
  service: 's3',
  region: '*',
  algorithms: [sigV4, s3V2, sigV2],
  // The values of Content-MD5 are as random as all others.
  verifyDigests: false,
  now: () => date,
  secrets: (id) => (id === credentials.accessKeyId ? credentials : undefined),
})

async function isLetIn(message: RequestMessage): Promise<boolean> {
  try {
    await verifier.verify(message)
    return true
  } catch (error) {
    if (error instanceof VerificationError) return false
    throw error
  }
}

type Signed = ReturnType<typeof signS3V2> | ReturnType<typeof presignS3V2>

function messageOf(signed: Signed): RequestMessage & { headers: [string, string][] } {
  const target = signed.url.replace(/^https:\/\/[^/?]+/, '')
  const host: [string, string][] = signed.headers.some(([name]) => name === 'host') ? [] : [['host', 'h']]
  const body = 'body' in signed ? signed.body : undefined
  return { method: signed.method, target, headers: [...host, ...signed.headers], body }
}

const text = fc.string({ unit: fc.constantFrom(...'ab2/?&=+% \t;,:é\u00e9\n'.split('')), maxLength: 20 })
const ascii = fc.string({ unit: fc.constantFrom(...'abAB019 -_.~/=;,:"\t'.split('')), maxLength: 12 })
const pair = fc.tuple(
  fc.oneof(
    fc.constantFrom(
      'AWSAccessKeyId',
      'Signature',
      'Expires',
      'SignatureVersion',
      'SignatureMethod',
      'Timestamp',
    ),
    fc.constantFrom(
      'acl',
      'x-amz-acl',
      'X-Amz-Date',
      'x-amz-security-token',
      'response-expires',
      'versionId',
    ),
    text,
  ),
  fc.oneof(fc.constantFrom('AKIDEXAMPLE', '2', '1795348900', 'HmacSHA1', '2026-11-22T12:00:00Z', ''), text),
)
const query = fc.array(pair, { maxLength: 8 }).map((pairs) => pairs.map((each) => each.join('=')).join('&'))
const header = fc.tuple(
  fc.constantFrom(
    'authorization',
    'date',
    'x-amz-date',
    'host',
    'content-type',
    'x-amz-acl',
    'x-amz-content-sha256',
  ),
  fc.oneof(
    fc.constantFrom('AWS AKIDEXAMPLE:c2ln', 'AWS a', 'Sun, 22 Nov 2026 12:00:00 GMT', 'UNSIGNED-PAYLOAD'),
    fc.constant('application/x-www-form-urlencoded'),
    text,
  ),
)

it('anything gives a result or a refusal', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST'),
      query,
      fc.array(header, { maxLength: 5 }),
      query,
      async (method, given, headers, form) => {
        const message = {
          method,
          target: `/b/k${given && '?'}${given}`,
          headers,
          body: new TextEncoder().encode(form),
        }
        expect(await isLetIn(message)).toBe(false)
      },
    ),
  )
})

const request = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'DELETE'),
  url: fc
    .tuple(fc.webPath(), fc.subarray(['acl', 'versionId=1', 'prefix=a', 'response-expires=a%20b', 'tagging']))
    .map(([path, pairs]) => `https://h/b${path}?${pairs.join('&')}`),
  headers: fc.dictionary(
    fc.constantFrom('content-type', 'content-md5', 'x-amz-acl', 'x-amz-meta-a', 'range'),
    ascii,
  ),
})
const place = fc.constantFrom(signS3V2, presignS3V2)

it('what was signed is let in', async () => {
  await fc.assert(
    fc.asyncProperty(place, request, async (sign, given) => {
      expect(await isLetIn(messageOf(sign(given, { credentials, date })))).toBe(true)
    }),
  )
})

it('what was signed is refused with any signed character changed', async () => {
  await fc.assert(
    fc.asyncProperty(
      place,
      request,
      fc.nat(),
      fc.constantFrom('z', '0', '_'),
      async (sign, given, at, other) => {
        const message = messageOf(sign(given, { credentials, date }))
        // The query has parts that are not signed, and those that are have tests of their own.
        const path = message.target.replace(/\?.*/, '')
        const index = 1 + (at % path.length)
        const changed = `${path.slice(0, index)}${other}${path.slice(index + 1)}`
        const target = message.target.replace(path, () => changed)
        expect(await isLetIn({ ...message, target })).toBe(changed === path)
        const method = message.method === 'GET' ? 'HEAD' : 'GET'
        expect(await isLetIn({ ...message, method })).toBe(false)
        const headers = message.headers.map<[string, string]>(([name, value]) =>
          /^(?:content-|x-amz-(?!date))/.test(name) ? [name, `${value}${other}`] : [name, value],
        )
        const isSame = headers.every(([, value], i) => value === message.headers[i]?.[1])
        expect(await isLetIn({ ...message, headers })).toBe(isSame)
      },
    ),
  )
})

it('parameters of a query API are bound, each of them', async () => {
  const parameters = fc.uniqueArray(fc.tuple(fc.constantFrom('Action', 'a', 'A', 'a.1', 'é'), text), {
    minLength: 1,
    selector: ([name]) => name,
  })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('GET', 'POST'), parameters, fc.nat(), async (method, pairs, at) => {
      const form = pairs.map((each) => each.map(encodeURIComponent).join('=')).join('&')
      const isForm = method === 'POST'
      const given = isForm ? { method, url: 'https://h/', body: form } : { method, url: `https://h/?${form}` }
      const message = messageOf(signSigV2(given, { credentials, date }))
      expect(await isLetIn(message)).toBe(true)
      const [name = ''] = pairs[at % pairs.length] ?? []
      const change = (whole: string): string =>
        whole.replace(`${encodeURIComponent(name)}=`, (found) => `${found}x`)
      const body = isForm
        ? new TextEncoder().encode(change(Buffer.from(message.body as Uint8Array).toString()))
        : undefined
      expect(await isLetIn({ ...message, target: change(message.target), body })).toBe(false)
    }),
  )
})

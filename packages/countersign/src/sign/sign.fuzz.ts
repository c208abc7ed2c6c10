import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CountersignError } from '../errors.ts'
import type { HeadersLike, SyncBody } from './http-request.ts'
import { presignUrl } from './presign-url.ts'
import type { SignOptions } from './sign-options.ts'
import { signRequest } from './sign-request.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' }
const options = { credentials, region: 'us-east-1', date: new Date('2015-08-30T12:36:00Z') }
const service = fc.constantFrom('s3', 'execute-api')
const path = fc.string({ unit: fc.constantFrom(...Array.from('ab/.%2eE+ \\é😀=&:@~')), maxLength: 20 })
const query = fc.string({ unit: fc.constantFrom(...Array.from('aX-Amz=&%20+?;é~')), maxLength: 20 })
const headers = fc.array(fc.tuple(fc.constantFrom('x-amz-a', 'X-Amz-A', 'b', 'Date', 'host'), fc.string()), {
  maxLength: 4,
})

it('sends what it signed: the target that comes back is its own wire form', () => {
  fc.assert(
    fc.property(service, path, query, (name, p, q) => {
      const request = { method: 'GET', url: `https://h/${p}?${q}` }
      const signed = signRequest(request, { ...options, service: name })
      expect(signed.url).toMatch(/^[!-~]*$/)
      const again = signRequest({ method: 'GET', url: signed.url }, { ...options, service: name })
      expect(again.url).toBe(signed.url)
      expect(again.signature).toBe(signed.signature)
    }),
    { numRuns: 2000 },
  )
})

it('presigns the same URL again to the same URL', () => {
  fc.assert(
    fc.property(service, path, query, (name, p, q) => {
      fc.pre(!q.includes('X-Amz-Expires'))
      const once = presignUrl({ method: 'GET', url: `https://h/${p}?${q}` }, { ...options, service: name })
      const twice = presignUrl({ method: 'GET', url: once.url }, { ...options, service: name })
      expect(twice.url).toBe(once.url)
    }),
    { numRuns: 2000 },
  )
})

it('throws nothing but its own errors, whatever the parts of a request are', () => {
  const anything = fc.anything({ withNullPrototype: false })
  const parts = fc.record({
    method: anything,
    url: fc.oneof(fc.string(), fc.webUrl(), fc.constantFrom(undefined, null, 1, {})),
    given: fc.oneof(fc.dictionary(fc.string(), anything), fc.array(fc.tuple(anything, anything)), headers),
    body: anything,
    name: fc.oneof(fc.string(), fc.constantFrom('s3', undefined, null, 1)),
    accessKeyId: fc.oneof(anything, fc.constant('AKID')),
    secretAccessKey: fc.oneof(anything, fc.constant('secret')),
    sessionToken: anything,
    payloadHash: fc.oneof(fc.string(), fc.constant(undefined)),
    date: anything,
    signHeaders: fc.oneof(fc.constantFrom('minimal', 'sdk', 'all'), fc.array(fc.string())),
  })
  fc.assert(
    fc.property(
      parts,
      ({ method, url, given, body, name, accessKeyId, secretAccessKey, sessionToken, ...rest }) => {
        const own = { accessKeyId, secretAccessKey, sessionToken } as typeof credentials
        const request = {
          method: method as string,
          url: url as string,
          headers: given as HeadersLike,
          body: body as SyncBody,
        }
        for (const run of [signRequest, presignUrl]) {
          try {
            run(request, { ...rest, credentials: own, region: 'us-east-1', service: name } as SignOptions)
          } catch (error) {
            expect(error).toBeInstanceOf(CountersignError)
          }
        }
      },
    ),
    { numRuns: 3000 },
  )
})

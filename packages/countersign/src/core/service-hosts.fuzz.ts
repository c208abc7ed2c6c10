import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SigningError } from '../errors.ts'
import { inferScope } from './service-hosts.ts'

const region = fc.stringMatching(/^[a-z]{2}(-gov)?-(north|south|east|west|central)-[1-9]$/)
const bucket = fc.oneof(
  fc.stringMatching(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
  fc
    .array(
      fc.constantFrom(
        's3',
        'us-west-2',
        'es',
        'iot',
        'dualstack',
        'fips',
        's3-website',
        'execute-api',
        'R',
        'x',
      ),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    .map((labels) => labels.join('.')),
)

it('finds the region of any bucket', () => {
  const s3 = fc.constantFrom(
    's3',
    's3.dualstack',
    's3-fips',
    's3-fips.dualstack',
    's3-accesspoint',
    's3-control',
  )
  fc.assert(
    fc.property(bucket, s3, region, (name, host, r) => {
      expect(inferScope(`${name}.${host}.${r}.amazonaws.com`)).toMatchObject({ service: 's3', region: r })
    }),
    { numRuns: 3000 },
  )
})

it('takes no bucket of the classic host for anything else', () => {
  fc.assert(
    fc.property(bucket, (name) => {
      expect(inferScope(`${name}.s3.amazonaws.com`)).toMatchObject({ service: 's3', region: 'us-east-1' })
    }),
    { numRuns: 3000 },
  )
})

it('does not hang on case, port or trailing dot', () => {
  const host = fc.constantFrom(
    'b.s3.eu-west-1.amazonaws.com',
    'kms.us-gov-west-1.amazonaws.com',
    'a.lambda-url.eu-west-1.on.aws',
    'iam.amazonaws.com',
    'a.r2.cloudflarestorage.com',
    'unknown.example',
  )
  fc.assert(
    fc.property(
      host,
      fc.infiniteStream(fc.boolean()),
      fc.constantFrom('', '.'),
      fc.nat(65535),
      (name, upper, dot, port) => {
        const varied = Array.from(name, (c) => (upper.next().value ? c.toUpperCase() : c)).join('')
        expect(inferScope(`${varied}${dot}:${port}`)).toEqual(inferScope(name))
      },
    ),
  )
})

it('answers any text with a scope that can be signed for, nothing, or a SigningError', () => {
  const labels =
    's3 s3- website us-east-1 iot es api fips dualstack amazonaws com cn on aws global x R * A constructor'
  const label = fc.constantFrom('', ...labels.split(' '))
  const hosts = fc.array(label, { maxLength: 10 }).map((parts) => parts.join('.'))
  fc.assert(
    fc.property(fc.oneof(hosts, fc.string(), fc.domain()), fc.string(), (host, path) => {
      try {
        const scope = inferScope(host, path)
        if (!scope) return
        expect(scope.service).toMatch(/^[a-z][a-z0-9-]*$/)
        expect(scope.region ?? '*').toMatch(/^(\*|[a-z0-9-]+)$/)
      } catch (error) {
        expect(error).toBeInstanceOf(SigningError)
      }
    }),
    { numRuns: 5000 },
  )
})

import { describe, expect, it } from 'vitest'
import { SigningError } from '../errors.ts'
import { formatCredentialScope, isSameScope, parseCredentialScope } from './credential-scope.ts'

const scope = { date: '20261122', region: 'us-east-1', service: 's3' }

it('writes and reads a scope', () => {
  expect(formatCredentialScope(scope)).toBe('20261122/us-east-1/s3/aws4_request')
  expect(parseCredentialScope('20261122/us-east-1/s3/aws4_request')).toEqual(scope)
})

describe('parseCredentialScope', () => {
  it.each([
    '',
    '20261122/us-east-1/s3',
    '20261122/s3/aws4_request',
    '20261122/us-east-1/s3/aws4_request/',
    '20261122/us-east-1/s3/aws4_request/x',
    '/20261122/us-east-1/s3/aws4_request',
    '2026112/us-east-1/s3/aws4_request',
    '2026-11-22/us-east-1/s3/aws4_request',
    '20261122//s3/aws4_request',
    '20261122/us-east-1//aws4_request',
    '20261122/us-east-1/s3/AWS4_REQUEST',
    '20261122/us-east-1/s3/aws4_request\n',
    '20261122/us east/s3/aws4_request',
    '20261122/us,east/s3/aws4_request',
    '20261122/us-east-1/s\n3/aws4_request',
    '20261122/us-éast-1/s3/aws4_request',
  ])('refuses %j', (text) => {
    expect(() => parseCredentialScope(text)).toThrow(
      expect.objectContaining({ constructor: SigningError, code: 'CREDENTIAL_SCOPE_MALFORMED' }),
    )
  })
})

describe('isSameScope', () => {
  it('compares day, region and service', () => {
    expect(isSameScope(scope, { ...scope })).toBe(true)
    for (const part of ['date', 'region', 'service']) {
      expect(isSameScope(scope, { ...scope, [part]: 'x' })).toBe(false)
    }
    expect(isSameScope({ date: scope.date, service: 's3' }, { ...scope, region: 'undefined' })).toBe(false)
  })
})

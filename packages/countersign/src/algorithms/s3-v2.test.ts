/** What S3's version 2 signs, beyond the published strings to sign. */
import { describe, expect, it } from 'vitest'
import { bucketOfHost, buildS3V2StringToSign, isAmbiguousQuery } from './s3-v2.ts'

function resourceOf(query: string): string {
  return buildS3V2StringToSign({ method: 'GET', headers: [], path: '/k', query }).split('\n').at(-1) ?? ''
}

describe('the bucket of a host', () => {
  it.each([
    ['b.s3.amazonaws.com', 'b'],
    ['B.S3.amazonaws.com:443', 'b'],
    ['my.bucket.s3.eu-west-1.amazonaws.com', 'my.bucket'],
    ['b.s3-eu-west-1.amazonaws.com', 'b'],
    ['b.s3.dualstack.us-gov-west-1.amazonaws.com', 'b'],
    ['b.s3-accelerate.dualstack.amazonaws.com', 'b'],
    ['b.s3-fips.us-east-1.amazonaws.com', 'b'],
    ['b.s3.cn-north-1.amazonaws.com.cn', 'b'],
    ['s3.s3.amazonaws.com', 's3'],
    ['s3.amazonaws.com', undefined],
    ['s3.eu-west-1.amazonaws.com', undefined],
    ['name-123456789012.s3-accesspoint.us-west-2.amazonaws.com', undefined],
    ['123456789012.s3-control.us-west-2.amazonaws.com', undefined],
    ['b.s3-website.eu-west-1.amazonaws.com', undefined],
    ['b.s3.amazonaws.com.evil.example', undefined],
    ['b.s3xamazonaws.com', undefined],
    ['b.store.example', undefined],
    ['', undefined],
  ])('%s: %s', (host, bucket) => {
    expect(bucketOfHost(host)).toBe(bucket)
  })
})

describe('sub-resources', () => {
  it.each([
    ['b=1&versionId=2&acl&a', '/k?acl&versionId=2'],
    ['acl=', '/k?acl'],
    ['%61cl', '/k?acl'],
    ['ACL&Acl', '/k'],
    ['versionId=a%2Bb+c', '/k?versionId=a%2Bb+c'],
    ['response-expires=a+b%2Bc', '/k?response-expires=a b+c'],
    ['response-other=x', '/k'],
    ['constructor&__proto__=1', '/k'],
  ])('%s: %s', (query, resource) => {
    expect(resourceOf(query)).toBe(resource)
  })

  it.each(['acl&acl', 'acl&%61cl=', 'response-expires=a%26acl', 'response-expires=%26versionId%3D1'])(
    '%s could be another query',
    (query) => {
      expect(isAmbiguousQuery(query)).toBe(true)
    },
  )

  it.each(['', 'a&a', 'acl&versionId=1', 'response-expires=a%26b%3Dacl', 'response-expires=acl', 'acl=acl'])(
    '%s could not',
    (query) => {
      expect(isAmbiguousQuery(query)).toBe(false)
    },
  )
})

describe('headers', () => {
  const linesOf = (headers: [string, string][]): string[] =>
    buildS3V2StringToSign({ method: 'GET', headers, path: '/k', query: '' }).split('\n')

  it('lose the blanks around a value, and keep those inside of it', () => {
    expect(linesOf([['x-amz-meta-a', ' \t a  \t b\t ']])).toContain('x-amz-meta-a:a  \t b')
    expect(linesOf([['x-amz-meta-a', '\u00a0a\u00a0']])).toContain('x-amz-meta-a:\u00a0a\u00a0')
  })

  it('are joined in the order of the wire, whatever the blanks', () => {
    const twice: [string, string][] = [
      ['x-amz-b', '2'],
      ['x-amz-a', ' 3 '],
      ['x-amz-b', ' 1'],
      ['content-type', 'a'],
      ['content-type', 'b'],
    ]
    expect(linesOf(twice)).toEqual(['GET', '', 'a,b', '', 'x-amz-a:3', 'x-amz-b:2,1', '/k'])
  })

  it('take the time that their length takes', () => {
    const blanks = ' '.repeat(200_000)
    expect(linesOf([['x-amz-a', `${blanks}a${blanks}b`]])).toContain(`x-amz-a:a${blanks}b`)
  })

  it('a presigned URL has its end in the place of the date, whatever the dates', () => {
    const headers: [string, string][] = [
      ['date', 'd'],
      ['x-amz-date', 'x'],
    ]
    const parts = { method: 'GET', headers, path: '', query: '' }
    expect(buildS3V2StringToSign({ ...parts, expires: '1' })).toBe('GET\n\n\n1\nx-amz-date:x\n/')
    expect(buildS3V2StringToSign(parts)).toBe('GET\n\n\n\nx-amz-date:x\n/')
  })
})

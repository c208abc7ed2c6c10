import { describe, expect, it } from 'vitest'
import { formatSetCookies, parseSignatureCookies } from './cookies.ts'

const cookies = [
  { name: 'CloudFront-Expires', value: '1767290400' },
  { name: 'CloudFront-Key-Pair-Id', value: 'K2' },
]

describe('Set-Cookie', () => {
  it('has one value for each cookie', () => {
    expect(formatSetCookies(cookies)).toEqual([
      'CloudFront-Expires=1767290400; Path=/; Secure; HttpOnly',
      'CloudFront-Key-Pair-Id=K2; Path=/; Secure; HttpOnly',
    ])
  })

  it('says where the cookies go', () => {
    const [first] = formatSetCookies(cookies, { domain: 'example.com', path: '/films/', sameSite: 'None' })
    expect(first).toBe(
      'CloudFront-Expires=1767290400; Domain=example.com; Path=/films/; Secure; HttpOnly; SameSite=None',
    )
  })

  it.each([
    { path: 'films' },
    { path: '/; Domain=example.net' },
    { path: '/\r\nSet-Cookie: a=b' },
    { domain: 'example.com; HttpOnly=no' },
    { domain: '' },
    { sameSite: 'none' as 'None' },
  ])('refuses %j', (scope) => {
    expect(() => formatSetCookies(cookies, scope)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
  })
})

describe('Cookie', () => {
  it('is read for the parts of a signature alone', () => {
    const header =
      'a=b; CloudFront-Signature=x-_~=;CloudFront-Policy;  CloudFront-Other=1; cloudfront-expires=2; Expires=3'
    expect(parseSignatureCookies(header)).toEqual([
      ['Signature', 'x-_~='],
      ['Policy', ''],
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { readSignableUrl } from './signable-url.ts'

describe('signable URL', () => {
  it.each([
    ['HTTPS://D1.CloudFront.Net:443/a', 'https://d1.cloudfront.net/a'],
    ['https://d1.net', 'https://d1.net/'],
    ['https://d1.net:8443/a', 'https://d1.net:8443/a'],
    ['https://d1.net/a b/é.jpg', 'https://d1.net/a%20b/%C3%A9.jpg'],
    ['https://d1.net/a%20b/%C3%A9.jpg', 'https://d1.net/a%20b/%C3%A9.jpg'],
    ['https://d1.net/100%', 'https://d1.net/100%25'],
    ['https://d1.net/a?b=c d&e=é+f&b=%2f', 'https://d1.net/a?b=c%20d&e=%C3%A9+f&b=%2f'],
    ["https://d1.net/it's?it's", "https://d1.net/it's?it%27s"],
    ['https://d1.net/a?', 'https://d1.net/a'],
    ['https://d1.net/a*b?c=*', 'https://d1.net/a%2Ab?c=%2A'],
    ['https://d1.net/a//b', 'https://d1.net/a//b'],
    ['https://d1.net/..a/.b/c./...', 'https://d1.net/..a/.b/c./...'],
    ['https://d1.net/a?b=/../c', 'https://d1.net/a?b=/../c'],
    ['https://d1.net/a?expires=1&signature', 'https://d1.net/a?expires=1&signature'],
    ['https://user:secret@d1.net/a', 'https://d1.net/a'],
  ])('%s is requested as %s (CF-7)', (given, requested) => {
    expect(readSignableUrl(given)).toEqual({ resource: requested, fragment: '' })
  })

  it('keeps a fragment apart (CF-8)', () => {
    expect(readSignableUrl('https://d1.net/a?b#page=2?Expires=1')).toEqual({
      resource: 'https://d1.net/a?b',
      fragment: '#page=2?Expires=1',
    })
  })

  it.each([
    '/a',
    'd1.net/a',
    'ftp://d1.net/a',
    'rtmp://d1.net/a',
    'http?://d1.net/a',
    'https://',
    'https://é.net/',
  ])('refuses %s, which is no URL that can be signed', (url) => {
    expect(() => readSignableUrl(url)).toThrow(expect.objectContaining({ code: 'URL_INVALID' }))
  })

  it.each(['/..', '/.', '/a/../b', '/a/./b', '/%2e%2E/b', '/.%2e'])(
    'refuses the dot segments of %s',
    (path) => {
      expect(() => readSignableUrl(`https://d1.net${path}`)).toThrow(
        expect.objectContaining({ code: 'URL_INVALID', message: expect.stringContaining('dot segments') }),
      )
    },
  )

  it.each([
    'Expires=1',
    'Policy=a',
    'Signature',
    'a=1&Key-Pair-Id=b',
    'Hash-Algorithm=SHA256',
    'Polic%79=a',
    '&Policy',
  ])('refuses a URL that has %s', (query) => {
    expect(() => readSignableUrl(`https://d1.net/a?${query}`)).toThrow(
      expect.objectContaining({ code: 'URL_ALREADY_SIGNED' }),
    )
  })
})

import { describe, expect, it } from 'vitest'
import { SigningError } from '../errors.ts'
import { readUrl } from './read-url.ts'

describe('host (HOST-2, row 21)', () => {
  it.each([
    ['https://S5.Us-WeAsT-2.AmAZonAwS.com', 's5.us-weast-2.amazonaws.com'],
    ['http://u:p@h:80', 'h'],
    ['https://a@b@h/', 'h'],
    ['http://[::1]:80/', '[::1]'],
    ['http://[::1]:6789/', '[::1]:6789'],
    ['https://h:8443', 'h:8443'],
    ['http://h:443', 'h:443'],
    ['https://h:443', 'h'],
    ['https://h:/', 'h'],
    ['https://h.:8443/', 'h.:8443'],
    ['https://my_bucket.s3.amazonaws.com', 'my_bucket.s3.amazonaws.com'],
    ['wss://h:443/mqtt', 'h'],
    ['ws://h:80/mqtt', 'h'],
    ['HTTPS://H', 'h'],
  ])('%s is %s', (url, host) => {
    expect(readUrl(url).host).toBe(host)
  })

  it.each([
    '/path',
    'h/path',
    '//h/path',
    'ftp://h/',
    'https:/h/',
    'https://',
    'https:///path',
    'https://h:65536/',
    'https://h:8x/',
    'https://[fe80::1%25eth0]/',
    'https://[::1',
    'https://h h/',
    'https://bücher.example/',
    'https://h\n/',
    '',
  ])('%j is refused', (url) => {
    expect(() => readUrl(url)).toThrow(
      expect.objectContaining({ constructor: SigningError, code: 'URL_INVALID' }),
    )
  })

  it.each<unknown>([undefined, null, 1, {}])('%j is refused, being no URL at all', (url) => {
    expect(() => readUrl(url as string)).toThrow(SigningError)
  })

  it('does not mix up hosts that are asked for in turns', () => {
    for (const host of ['a.example', 'b.example', 'a.example', 'a.example:8443', 'a.example']) {
      expect(readUrl(`https://${host}/`).host).toBe(host)
    }
    expect(readUrl('http://a.example:443/').host).toBe('a.example:443')
    expect(readUrl('https://a.example:443/').host).toBe('a.example')
  })
})

describe('path, query and fragment (WIRE-3, WIRE-6)', () => {
  it.each([
    ['https://h', '/', '', ''],
    ['https://h?a=1', '/', 'a=1', ''],
    ['https://h#f', '/', '', '#f'],
    ['https://h/a/../b/./%2e', '/a/../b/./%2e', '', ''],
    ['https://h//a//', '//a//', '', ''],
    ['https://h/a?b?c=/d', '/a', 'b?c=/d', ''],
    ['https://h/a#b?c/d', '/a', '', '#b?c/d'],
    ['https://h/a?b#c#d', '/a', 'b', '#c#d'],
    ['https://h/foo?', '/foo', '', ''],
    ['https://h/a@b:c/é %', '/a@b:c/é %', '', ''],
    ['https://h/\\', '/\\', '', ''],
  ])('%s', (url, path, query, fragment) => {
    expect(readUrl(url)).toMatchObject({ scheme: 'https', host: 'h', path, query, fragment })
  })

  it('takes a URL object as its href', () => {
    expect(readUrl(new URL('https://h/a/../b?c#d'))).toMatchObject({ path: '/b', query: 'c', fragment: '#d' })
  })
})

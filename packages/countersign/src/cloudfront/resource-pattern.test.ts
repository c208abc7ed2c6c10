import { describe, expect, it } from 'vitest'
import { matchesResource, resolveResource } from './resource-pattern.ts'

describe('resource pattern', () => {
  it.each([
    ['http*://example.com/a?b=1', 'http*://example.com/a?b=1'],
    ['*', '*'],
    ['*://d1.cloudfront.net/*', '*://d1.cloudfront.net/*'],
    ['HTTPS://D1.CloudFront.net/A b/é*', 'https://d1.cloudfront.net/A%20b/%C3%A9*'],
    ['https://d1.cloudfront.net/100%/%41', 'https://d1.cloudfront.net/100%25/%41'],
    ['wss://d1.cloudfront.net/feed?*', 'wss://d1.cloudfront.net/feed?*'],
  ])('%s is signed as %s (CF-7)', (given, signed) => {
    expect(resolveResource(given)).toBe(signed)
  })

  it.each([
    '',
    'foo',
    '/films/*',
    'ftp://d1.net/',
    'http?://d1.net/',
    'https://',
    'https://d1.net/a#b',
    7,
    undefined,
  ])('refuses %j', (given) => {
    expect(() => resolveResource(given)).toThrow(expect.objectContaining({ code: 'POLICY_INVALID' }))
  })

  it('refuses half of a surrogate pair', () => {
    expect(() => resolveResource('https://d1.net/\ud800')).toThrow(
      expect.objectContaining({ code: 'TEXT_INVALID' }),
    )
  })

  it.each([
    ['https://d1.net/a', 'https://d1.net/a', true],
    ['https://d1.net/a', 'https://d1.net/ab', false],
    ['https://d1.net/a', 'https://d1.net/', false],
    ['https://d1.net/*', 'https://d1.net/', true],
    ['https://d1.net/*', 'https://d1.net/a/b?c=d', true],
    ['https://d1.net/*', 'https://d2.net/', false],
    ['https://d1.net/*.jpg', 'https://d1.net/a.jpg.jpg', true],
    ['https://d1.net/*.jpg', 'https://d1.net/a.jpg?b', false],
    ['https://d1.net/film?.mp4', 'https://d1.net/film1.mp4', true],
    ['https://d1.net/film?.mp4', 'https://d1.net/film.mp4', false],
    ['https://d1.net/film?.mp4', 'https://d1.net/film10.mp4', false],
    ['https://d1.net/a?b=1', 'https://d1.net/a?b=1', true],
    ['http*://d1.net/a', 'https://d1.net/a', true],
    ['http*://d1.net/a', 'http://d1.net/a', true],
    ['*', 'https://d1.net/a', true],
    ['https://d1.net/.', 'https://d1.net/a', false],
    ['https://d1.net/A', 'https://d1.net/a', false],
  ])('%s opens %s: %s', (pattern, url, expected) => {
    expect(matchesResource(pattern, url)).toBe(expected)
  })

  it('takes no more steps for a pattern made to need many', () => {
    // A search that goes back to every star would take longer than the universe has had.
    expect(matchesResource('*a'.repeat(40) + 'b', 'a'.repeat(4000))).toBe(false)
  })
})

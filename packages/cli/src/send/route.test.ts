import { describe, expect, it } from 'vitest'
import { resolveRoute } from './route.ts'

const HTTPS = new URL('https://files.example.com')
const HTTP = new URL('http://[::1]:8080')

describe('straight', () => {
  it.each([
    [HTTPS, { hostname: 'files.example.com', port: 443 }],
    [HTTP, { hostname: '::1', port: 8080 }],
    [new URL('http://a'), { hostname: 'a', port: 80 }],
  ])('%s', (origin, place) => {
    expect(resolveRoute(origin, true, {}, {})).toEqual({ ...place, proxy: undefined })
  })
})

describe('to another address', () => {
  it.each([
    [{ connect: '10.0.0.1:8443' }, { hostname: '10.0.0.1', port: 8443 }],
    [{ connect: '[fd00::1]:8443' }, { hostname: 'fd00::1', port: 8443 }],
    [{ resolve: ['files.example.com:443:10.0.0.2'] }, { hostname: '10.0.0.2', port: 443 }],
    [{ resolve: ['+FILES.example.com:443:[::2],10.0.0.2'] }, { hostname: '::2', port: 443 }],
    [{ resolve: ['files.example.com:80:10.0.0.2', '*:443:10.0.0.3'] }, { hostname: '10.0.0.3', port: 443 }],
    [{ resolve: ['other:443:10.0.0.2'] }, { hostname: 'files.example.com', port: 443 }],
  ])('%j', (flags, place) => {
    expect(resolveRoute(HTTPS, true, flags, {})).toEqual({ ...place, proxy: undefined })
  })

  it.each([
    { connect: 'a' },
    { connect: 'a:0' },
    { connect: 'a:65536' },
    { connect: '::1:443' },
    { resolve: ['a:443:name'] },
    { resolve: ['a:443'] },
    { resolve: ['a:x:10.0.0.1'] },
  ])('is refused: %j', (flags) => {
    expect(() => resolveRoute(HTTPS, true, flags, {})).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})

describe('through a proxy', () => {
  const proxyOf = (
    flags: object,
    environment: Record<string, string> = {},
    origin = HTTPS,
  ): string | undefined => resolveRoute(origin, true, flags, environment).proxy?.url.host

  it.each([
    ['http://proxy:3128', 'proxy:3128'],
    ['proxy:3128', 'proxy:3128'],
    ['proxy', 'proxy:1080'],
    ['http://proxy', 'proxy:1080'],
    ['https://proxy', 'proxy'],
    ['http://u:p@proxy:80/', 'proxy'],
    ['', undefined],
  ])('that is written %j', (proxy, host) => {
    expect(proxyOf({ proxy })).toBe(host)
  })

  it('that reads plain http alone', () => {
    const isTunnel = (origin: URL, isHostOwn: boolean, flags = {}): boolean | undefined =>
      resolveRoute(origin, isHostOwn, { proxy: 'p', ...flags }, {}).proxy?.isTunnel
    expect(isTunnel(HTTPS, true)).toBe(true)
    expect(isTunnel(HTTP, true)).toBe(false)
    expect(isTunnel(HTTP, false)).toBe(true)
    expect(isTunnel(HTTP, true, { connect: 'a:1' })).toBe(true)
  })

  it('that has a user', () => {
    const { proxy } = resolveRoute(HTTPS, true, { proxy: 'http://a%40b:c%3Ad@proxy' }, {})
    expect(proxy!.authorization).toBe(`Basic ${Buffer.from('a@b:c:d').toString('base64')}`)
  })

  it.each([
    [{ HTTPS_PROXY: 'http://a:1' }, 'a:1'],
    [{ HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:1' }, 'b:1'],
    [{ HTTP_PROXY: 'http://a:1' }, undefined],
    [{ ALL_PROXY: 'http://a:1' }, 'a:1'],
    [{ HTTPS_PROXY: 'http://a:1', NO_PROXY: 'example.com' }, undefined],
    [{ HTTPS_PROXY: 'http://a:1', NO_PROXY: 'x, .example.com' }, undefined],
    [{ HTTPS_PROXY: 'http://a:1', NO_PROXY: '*.example.com' }, undefined],
    [{ HTTPS_PROXY: 'http://a:1', NO_PROXY: 'EXAMPLE.com:443' }, undefined],
    [{ HTTPS_PROXY: 'http://a:1', NO_PROXY: 'example.com:80' }, 'a:1'],
    [{ HTTPS_PROXY: 'http://a:1', NO_PROXY: 'ample.com' }, 'a:1'],
    [{ HTTPS_PROXY: 'http://a:1', NO_PROXY: ',' }, 'a:1'],
  ])('of the environment %j', (environment, host) => {
    expect(proxyOf({}, environment)).toBe(host)
  })

  it.each(['::1', '[::1]', '[::1]:8080', '::/64', '*'])('but not where NO_PROXY is %j', (list) => {
    expect(proxyOf({}, { HTTP_PROXY: 'http://a:1', NO_PROXY: list }, HTTP)).toBeUndefined()
  })

  it.each(['::2', '[::1]:80', '10.0.0.0/8', '::/129', '1/1'])('and where NO_PROXY is %j', (list) => {
    expect(proxyOf({}, { HTTP_PROXY: 'http://a:1', NO_PROXY: list }, HTTP)).toBe('a:1')
  })
})

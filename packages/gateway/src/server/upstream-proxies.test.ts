import { describe, expect, it } from 'vitest'
import { createProxyFinder } from './upstream-proxies.ts'

const LISTEN = { host: '127.0.0.1', port: 8080 }
const proxyOf = (environment: Record<string, string>, origin = 'https://es.example'): string | undefined =>
  createProxyFinder(environment, LISTEN)?.(new URL(origin))?.url.host

describe('the proxy on the way to an upstream', () => {
  it.each([
    [{}, undefined],
    [{ NO_PROXY: 'x' }, undefined],
    [{ HTTPS_PROXY: 'http://a:1' }, 'a:1'],
    [{ https_proxy: 'http://a:1' }, 'a:1'],
    [{ ALL_PROXY: 'a' }, 'a:1080'],
    [{ HTTP_PROXY: 'http://a:1' }, undefined],
    [{ HTTPS_PROXY: 'http://a:1', NO_PROXY: '.example' }, undefined],
  ])('of %j', (environment, host) => {
    expect(proxyOf(environment)).toBe(host)
  })

  it.each(['http://localhost:3000', 'https://127.0.0.1', 'http://[::1]:80'])('is none for %s', (origin) => {
    expect(proxyOf({ ALL_PROXY: 'http://a:1' }, origin)).toBeUndefined()
  })

  it.each(['socks5://me:password@a:1', 'http://localhost:8080', 'http://127.0.0.1:8080'])(
    'is not %s',
    (proxy) => {
      expect(() => proxyOf({ ALL_PROXY: proxy })).toThrow(
        expect.objectContaining({
          code: 'CONFIG_INVALID',
          message: expect.not.stringContaining('password'),
        }),
      )
    },
  )

  it('may be another one of this machine', () => {
    expect(proxyOf({ ALL_PROXY: 'http://localhost:3128' })).toBe('localhost:3128')
  })
})

import { describe, expect, it } from 'vitest'
import type { RequestMessage } from '../verify/index.ts'
import { createBehindProxies, type ForwardedHeader, type TrustedProxies } from './trusted-proxies.ts'

const addresses = ['10.0.0.0/8', '2001:db8::/32']
const X: readonly ForwardedHeader[] = [
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-prefix',
]

function read(
  headers: readonly (readonly [string, string])[],
  { remoteAddress = '10.0.0.1', ...options }: Partial<TrustedProxies> & { remoteAddress?: string } = {},
): RequestMessage {
  const message: RequestMessage = {
    method: 'GET',
    target: '/k',
    headers: [['Host', 'inner'], ...headers],
    protocol: 'http',
    remoteAddress,
  }
  return createBehindProxies({ addresses, headers: X, ...options })(message)
}

const hostOf = ({ headers }: RequestMessage): string | undefined => headers[0]?.[1]
const ALL = [
  ['X-Forwarded-For', '192.0.2.9'],
  ['X-Forwarded-Host', 'outer:8443'],
  ['X-Forwarded-Proto', 'HTTPS'],
  ['X-Forwarded-Prefix', '/team/'],
] as const

describe('what a proxy tells', () => {
  it('counts where it is trusted (A20, A21)', () => {
    const message = read(ALL)
    expect(message).toMatchObject({ target: '/team/k', protocol: 'https', remoteAddress: '192.0.2.9' })
    expect(hostOf(message)).toBe('outer:8443')
    // The headers stay, since they may be signed.
    expect(message.headers).toHaveLength(5)
  })

  it.each(['192.0.2.1', '11.0.0.1', '2001:db9::1', '::ffff:192.0.2.1', 'unknown', ''])(
    'is nothing where it is %j',
    (remoteAddress) => {
      const message = read(ALL, { remoteAddress })
      expect(message).toMatchObject({ target: '/k', protocol: 'http', remoteAddress })
      expect(hostOf(message)).toBe('inner')
    },
  )

  it.each(['::ffff:10.1.2.3', '2001:db8::7'])('counts from %s too', (remoteAddress) => {
    expect(hostOf(read(ALL, { remoteAddress }))).toBe('outer:8443')
  })

  it('counts only by the headers that were named: others are the word of the client', () => {
    const message = read([...ALL, ['Forwarded', 'host=evil;for=6.6.6.6']], { headers: ['x-forwarded-for'] })
    expect(message).toMatchObject({ target: '/k', protocol: 'http', remoteAddress: '192.0.2.9' })
    expect(hostOf(message)).toBe('inner')
  })

  it('is the last of what stands there several times', () => {
    const headers = [
      ['x-forwarded-host', 'evil'],
      ['x-forwarded-host', 'evil, outer'],
      ['x-forwarded-proto', 'http, https'],
    ] as const
    expect(read(headers)).toMatchObject({ protocol: 'https' })
    expect(hostOf(read(headers))).toBe('outer')
  })

  it('leaves a second Host where it is, to be refused', () => {
    const { headers } = read([
      ['host', 'second'],
      [':authority', 'third'],
      ['x-forwarded-host', 'outer'],
    ])
    expect(headers.map(([name]) => name)).toEqual(['Host', 'host', ':authority', 'x-forwarded-host'])
    expect(headers.map(([, value]) => value)).toEqual(['outer', 'outer', 'outer', 'outer'])
  })

  it.each([
    ['x-forwarded-host', 'a/b'],
    ['x-forwarded-host', 'a@b'],
    ['x-forwarded-host', ''],
    ['x-forwarded-host', 'a:123456'],
    ['x-forwarded-proto', 'ftp'],
    ['x-forwarded-proto', ''],
    ['x-forwarded-prefix', 'team'],
    ['x-forwarded-prefix', '/team?a=b'],
    ['x-forwarded-prefix', '//evil'],
  ])('is refused where it cannot be: %s: %j', (name, value) => {
    expect(() => read([[name, value]])).toThrow(expect.objectContaining({ code: 'REQUEST_MALFORMED' }))
  })
})

describe('the address of the client', () => {
  it.each([
    // Of several hops, the first from the right that is no proxy of ours; what is left of it, anybody may have written.
    ['6.6.6.6, 192.0.2.9, 10.0.0.3, 10.0.0.2', '192.0.2.9'],
    ['10.0.0.9, 192.0.2.9', '192.0.2.9'],
    ['10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['192.0.2.9:443', '192.0.2.9'],
    ['[2001:db9::1]:443, 10.0.0.2:1', '2001:db9::1'],
    ['2001:db9::1', '2001:db9::1'],
    ['192.0.2.9, unknown, 10.0.0.2', undefined],
    ['', undefined],
    ['192.0.2.999', undefined],
  ])('%j is %s', (value, expected) => {
    expect(read([['x-forwarded-for', value]]).remoteAddress).toBe(expected)
    const hops = value.split(',').map((node) => `for="${node.trim()}"`)
    const forwarded = [['Forwarded', hops.join(', ')]] as const
    expect(read(forwarded, { headers: ['forwarded'] }).remoteAddress).toBe(expected)
  })

  it('stays that of the peer where nothing is told', () => {
    expect(read([]).remoteAddress).toBe('10.0.0.1')
    expect(read([], { headers: ['forwarded'] }).remoteAddress).toBe('10.0.0.1')
  })
})

describe('Forwarded', () => {
  const headers = ['forwarded'] as const

  it('tells each hop by itself: that of the outermost proxy counts', () => {
    const message = read(
      [
        ['Forwarded', 'for=6.6.6.6;host=evil;proto=http'],
        [
          'forwarded',
          'For="192.0.2.9:1";Host="outer:8443";proto=https;by=_x, for=10.0.0.2;host=middle;proto=http',
        ],
      ],
      { headers },
    )
    expect(message).toMatchObject({ protocol: 'https', remoteAddress: '192.0.2.9', target: '/k' })
    expect(hostOf(message)).toBe('outer:8443')
  })

  it.each(['for', 'for=', 'for="a', 'for=a;for=b', 'host="a, for=1.2.3.4;host="b"', 'for=a,', 'for=a b'])(
    'is refused where it cannot be read: %s',
    (value) => {
      expect(() => read([['forwarded', value]], { headers })).toThrow(
        expect.objectContaining({ code: 'REQUEST_MALFORMED' }),
      )
    },
  )

  it('may have commas and escapes in quotes', () => {
    const value = String.raw`ext="a,\"b;c\\";for=192.0.2.9`
    expect(read([['forwarded', value]], { headers }).remoteAddress).toBe('192.0.2.9')
  })
})

describe('options', () => {
  it.each([
    [{ addresses: ['10.0.0.0/33'], headers: X }, 'IP_RANGE_INVALID'],
    [{ addresses: ['proxy'], headers: X }, 'IP_RANGE_INVALID'],
    [{ addresses, headers: [] }, 'OPTION_INVALID'],
    [{ addresses, headers: ['forwarded', 'x-forwarded-for'] }, 'OPTION_INVALID'],
    [{ addresses, headers: ['x-real-ip'] }, 'OPTION_INVALID'],
  ])('%j are refused', (options, code) => {
    expect(() => createBehindProxies(options as TrustedProxies)).toThrow(expect.objectContaining({ code }))
  })
})

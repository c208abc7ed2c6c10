import { describe, expect, it } from 'vitest'
import type { Header } from '../core/canonical-headers.ts'
import { SigningError } from '../errors.ts'
import { expressionOf, selectHeaders, type SignHeaders } from './header-selection.ts'

const CONNECTION = (
  'authorization connection expect keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer ' +
  'transfer-encoding upgrade user-agent x-amzn-trace-id amz-sdk-invocation-id amz-sdk-request'
).split(' ')
const FRAGILE = (
  'accept accept-encoding content-length cookie via forwarded x-forwarded-for x-forwarded-proto x-real-ip ' +
  'x-request-id cf-ray cdn-loop x-envoy-attempt-count traceparent tracestate baggage uber-trace-id b3 range cache-control'
).split(' ')
const DURABLE = [
  'content-type',
  'content-md5',
  'date',
  'x-amz-meta-a',
  'x-custom',
  'if-match',
  'accept-language',
  'b3x',
]

function selected(names: readonly string[], selection: SignHeaders): string[] {
  return selectHeaders(
    names.map((name): Header => [name, '1']),
    selection,
  ).map(([name]) => name)
}

describe('the presets (section 5)', () => {
  it('minimal: content-type, content-md5, date and x-amz-*', () => {
    const names = [
      ...CONNECTION,
      ...FRAGILE,
      ...DURABLE,
      'x-amz-client-context',
      'x-amzn-x',
      'content-type-x',
    ]
    expect(selected(names, 'minimal')).toEqual(['content-type', 'content-md5', 'date', 'x-amz-meta-a'])
  })

  it('sdk: all but what belongs to a connection and what is changed on the way', () => {
    const names = [...CONNECTION, ...FRAGILE, ...DURABLE, 'x-amz-client-context']
    expect(selected(names, 'sdk')).toEqual(DURABLE)
  })

  it('all: all but what belongs to a connection', () => {
    const names = [...CONNECTION, ...FRAGILE, ...DURABLE, 'x-amz-client-context']
    expect(selected(names, 'all')).toEqual([...FRAGILE, ...DURABLE, 'x-amz-client-context'])
  })

  it.each<SignHeaders>(['sdk', 'all', ['*']])('%j signs no header that Connection names', (selection) => {
    const headers: Header[] = [
      ['x-hop', '1'],
      ['x-end', '2'],
      ['connection', 'close, X-Hop'],
    ]
    const names = selectHeaders(headers, selection).map(([name]) => name)
    expect(names).toContain('x-end')
    expect(names).not.toContain('x-hop')
  })
})

describe('a list of names', () => {
  it.each<[string[], string[]]>([
    [
      ['X-Custom', 'range'],
      ['range', 'x-custom'],
    ],
    [['x-amz-*'], ['x-amz-meta-a']],
    [['*-type'], ['content-type']],
    [['*'], ['range', 'content-type', 'x-amz-meta-a', 'x-custom']],
    [[], []],
    [['x-custo', 'custom', 'content.type'], []],
  ])('%j selects %j', (selection, names) => {
    expect(selected(['range', 'content-type', 'x-amz-meta-a', 'x-custom'], selection)).toEqual(names)
  })

  it('may be one name without its brackets', () => {
    // @ts-expect-error a text is no list
    expect(expressionOf('x-amz-meta-*').test('x-amz-meta-a')).toBe(true)
  })

  it.each(['x+y', 'x.y', 'x|y', 'x^y', '(x', '[x]', '$', 'x\\'])('takes %j for itself', (name) => {
    expect(expressionOf([name]).test(name)).toBe(true)
    expect(expressionOf([name]).test('xy')).toBe(false)
  })
})

it.each(['none', '', 1, null, {}])('refuses the selection %j', (selection) => {
  expect(() => selected(['a'], selection as SignHeaders)).toThrow(
    expect.objectContaining({ constructor: SigningError, code: 'OPTION_INVALID' }),
  )
})

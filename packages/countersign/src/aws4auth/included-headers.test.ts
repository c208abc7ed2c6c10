import { describe, expect, it } from 'vitest'
import { AWS4Auth } from './index.ts'

const headers = {
  'Content-Type': 'text/plain',
  'X-Amz-Target': 'Service.Call',
  'X-Amz-Client-Context': 'app',
  'X-Custom': '"a   b',
  Accept: '*/*',
  'User-Agent': 'test',
  Connection: 'keep-alive, X-Hop',
  'X-Hop': '1',
}

function signed(includeHeaders?: readonly string[]): string {
  const auth = new AWS4Auth('AKIDEXAMPLE', 'secret', 'us-east-1', 'service', { includeHeaders })
  return auth.sign({ method: 'GET', url: 'https://h/', headers }).signedHeaders.join(';')
}

describe('includeHeaders', () => {
  it.each<[string, string[] | undefined, string]>([
    ['the default', undefined, 'content-type;host;x-amz-date;x-amz-target'],
    ['names, in any case', ['X-CUSTOM', 'Accept'], 'accept;host;x-amz-date;x-custom'],
    ['x-amz-*', ['x-amz-*'], 'host;x-amz-date;x-amz-target'],
    ['*', ['*'], 'accept;content-type;host;x-amz-date;x-amz-target;x-custom'],
    ['a wildcard inside', ['x-*om'], 'host;x-amz-date;x-custom'],
    [
      '* and a name of its own',
      ['*', 'user-agent'],
      'accept;content-type;host;user-agent;x-amz-date;x-amz-target;x-custom',
    ],
    ['the client context by name', ['x-amz-client-context'], 'host;x-amz-client-context;x-amz-date'],
    ['nothing', [], 'host;x-amz-date'],
  ])('%s', (_, list, expected) => {
    expect(signed(list)).toBe(expected)
  })

  it('neither changes the list nor notices changes (section 20, 7)', () => {
    const list = ['x-custom']
    const auth = new AWS4Auth('AKIDEXAMPLE', 'secret', 'us-east-1', 'service', { includeHeaders: list })
    for (let i = 0; i < 3; i++) auth.sign({ method: 'GET', url: 'https://h/', headers })
    expect(list).toEqual(['x-custom'])
    list.push('accept')
    expect(auth.sign({ method: 'GET', url: 'https://h/', headers }).signedHeaders).not.toContain('accept')
  })

  it.each(['host', ['a', 1], [''], ['Accept:'], {}, null])('refuses %j', (list) => {
    expect(() => signed(list as string[])).toThrow(
      expect.objectContaining({ name: 'SigningError', code: 'OPTION_INVALID' }),
    )
  })
})

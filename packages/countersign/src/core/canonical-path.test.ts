import { describe, expect, it } from 'vitest'
import { buildCanonicalPath, hasDotSegment, isPlainPath, normalizePath } from './canonical-path.ts'

const GENERAL = { normalizePath: true, pathEncoding: 'double' } as const
const S3 = { normalizePath: false, pathEncoding: 'single' } as const

describe('buildCanonicalPath', () => {
  it('is / for an empty path, whatever the rules (PATH-1)', () => {
    for (const rules of [GENERAL, S3, { normalizePath: false, pathEncoding: 'verbatim' } as const]) {
      expect(buildCanonicalPath('', rules)).toBe('/')
      expect(buildCanonicalPath('/', rules)).toBe('/')
    }
  })

  it.each([
    ['/a//b', '/a/b'],
    ['/./a/../b/', '/b/'],
    ['/../../a', '/a'],
    ['/a/b/.', '/a/b'],
    ['/a/b/..', '/a'],
    ['/a/..', '/'],
    ['//', '/'],
    ['/.../a', '/.../a'],
    ['/.hidden/a.', '/.hidden/a.'],
    ['/%2e%2e/a', '/%252e%252e/a'],
  ])('tidies %j up to %j for all but S3 (PATH-2)', (path, canonical) => {
    expect(buildCanonicalPath(path, GENERAL)).toBe(canonical)
  })

  it.each([
    ['/a%20b', '/a%2520b'],
    ['/a%2Fb', '/a%252Fb'],
    ['/%2a', '/%252a'],
    ['/%FF', '/%25FF'],
    ['/100%', '/100%25'],
    ["/!$&'()*+,;=:@", '/%21%24%26%27%28%29%2A%2B%2C%3B%3D%3A%40'],
    ['/\xe9', '/%E9'],
  ])('encodes %j again, to %j, for all but S3 (PATH-3, PATH-8, PATH-9)', (path, canonical) => {
    expect(buildCanonicalPath(path, GENERAL)).toBe(canonical)
  })

  it.each([
    ['/a/../b//c/./', '/a/../b//c/./'],
    ['/a%2Fb', '/a/b'],
    ['/a%7Eb', '/a~b'],
    ['/caf%c3%a9', '/caf%C3%A9'],
    ['/a=b@c', '/a%3Db%40c'],
    ['/%FF', '/%FF'],
    ['/100%', '/100%25'],
    ['/a+b', '/a%2Bb'],
    ['/a%252Fb', '/a%252Fb'],
  ])('decodes %j once and encodes it strictly, to %j, for S3 (PATH-4, PATH-6, PATH-7)', (path, canonical) => {
    expect(buildCanonicalPath(path, S3)).toBe(canonical)
  })

  it('leaves the path alone where a clone takes it verbatim (PATH-12)', () => {
    const rules = { normalizePath: false, pathEncoding: 'verbatim' } as const
    expect(buildCanonicalPath('/a//%7e/../=b', rules)).toBe('/a//%7e/../=b')
    expect(buildCanonicalPath('/a//%7e/../=b', { ...rules, normalizePath: true })).toBe('/a/=b')
  })
})

describe('normalizePath', () => {
  it('takes linear time', () => {
    expect(normalizePath('/a/..'.repeat(200_000))).toBe('/')
  })
})

describe('isPlainPath', () => {
  it.each(['', '/', '/a', '/a/', '/a/b.c/d-e_f~g', '/a./b..'])('knows %j', (path) => {
    expect(isPlainPath(path)).toBe(true)
    for (const rules of [GENERAL, S3]) expect(buildCanonicalPath(path, rules)).toBe(path || '/')
  })

  it.each(['//', '/.', '/..', '/.a', '/a/./b', '/a//', '/a%20', '/a b', '/a=', 'a', '/é', '/a\n'])(
    'does not take %j for one',
    (path) => {
      expect(isPlainPath(path)).toBe(false)
    },
  )

  it('takes linear time', () => {
    expect(isPlainPath(`${'/a'.repeat(500_000)}%`)).toBe(false)
  })
})

describe('hasDotSegment (WIRE-3)', () => {
  it.each(['/.', '/..', '/a/../b', '/a/.', '/%2e/a', '/a/%2E%2e', '/a/.%2e/b'])('finds one in %j', (path) => {
    expect(hasDotSegment(path)).toBe(true)
    expect(new URL(`https://h${path}`).pathname).not.toBe(path)
  })

  it.each(['/', '/a', '/...', '/.a', '/a.', '/%2ea', '/a//b', '/%252e'])('finds none in %j', (path) => {
    expect(hasDotSegment(path)).toBe(false)
    expect(new URL(`https://h${path}`).pathname).toBe(path)
  })
})

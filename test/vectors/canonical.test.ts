/**
 * Single steps of making a canonical request, as tests of SDKs and tools state them. Reads canonical.json.
 */
import { describe, expect, it } from 'vitest'
import {
  buildCanonicalHeaders,
  canonicalHeaderValue,
  type Header,
} from '../../packages/countersign/src/core/canonical-headers.ts'
import { buildCanonicalPath, normalizePath } from '../../packages/countersign/src/core/canonical-path.ts'
import { buildCanonicalQuery } from '../../packages/countersign/src/core/canonical-query.ts'
import { buildCanonicalRequest } from '../../packages/countersign/src/core/canonical-request.ts'
import { encodeUri, encodeUriPath } from '../../packages/countersign/src/core/uri-encoding.ts'
import { presignUrl, signRequest } from '../../packages/countersign/src/index.ts'
import { describeVectors, expectCases, loadVectors } from '../kit/vectors.ts'
import { byteString } from './signed-case.ts'

interface Step {
  readonly in: string
  readonly out: string
  readonly quirk?: boolean
}

interface PathStep extends Step {
  readonly normalizeOnly?: boolean
  readonly normalizePath: boolean
  readonly doubleEncodePath: boolean
}

interface QueryStep extends Step {
  readonly plusIsSpace?: boolean
  readonly targetEndsAtFirstSpace?: boolean
}

interface HeadersStep {
  readonly headers: readonly Header[]
  readonly out: string
  readonly signedHeaders: string
  readonly quirk?: boolean
}

interface RequestStep {
  readonly name: string
  readonly request: { readonly method: string; readonly target: string; readonly headers: readonly Header[] }
  readonly payloadHash: string
  readonly doubleEncodePath: boolean
  readonly signedHeaders: string
  readonly canonicalRequest: string
}

interface CanonicalFile {
  readonly uriEncode: (Step & { readonly encodeSlash: boolean })[]
  readonly paths: PathStep[]
  readonly queries: QueryStep[]
  readonly trim: Step[]
  readonly headers: HeadersStep[]
  readonly hosts: { readonly url: string; readonly host: string }[]
  readonly cases: RequestStep[]
  /** By the tool that never signs them. */
  readonly unsignedHeaders: Readonly<Record<string, string[]>>
  /** What one tool refuses to sign a second time. */
  readonly forbidden: {
    readonly headers: string[]
    readonly queryParams: string[]
    readonly requests: string[]
  }
}

/** Headers that some tool leaves out and we sign: a body's type is worth it. */
const SIGNED_ALL_THE_SAME = new Set(['content-type'])

/** A request of `forbidden`, which is not one that a signer would write. */
function parseHead(text: string): { method: string; url: string; headers: Header[] } {
  const [line = '', ...lines] = text.trim().split('\n')
  const [method = '', target = ''] = line.split(' ')
  const headers = lines.map((header): Header => {
    const colon = header.indexOf(':')
    return [header.slice(0, colon), header.slice(colon + 1)]
  })
  return { method, url: `https://example.amazonaws.com${target}`, headers }
}

/**
 * Paths where smithy-rs alone follows RFC 3986 and ends in a slash where the input does not. PATH-2 has none, as in
 * aws4, smithy for TypeScript, the CRT and requests-aws4auth; `test/differential` asks the first three.
 */
const AGAINST_PATH_2: ReadonlyMap<string, string> = new Map([
  ['/foo/bar/.', '/foo/bar'],
  ['/foo/bar/..', '/foo'],
])

/** Entries marked as what one tool does: not compared, but counted. */
const QUIRKS = { uriEncode: 0, paths: 3, queries: 2, trim: 1, headers: 2, hosts: 0, cases: 0 }
const COUNTS = { uriEncode: 7, paths: 68, queries: 28, trim: 28, headers: 5, hosts: 11, cases: 11 }

const ANYBODY = { credentials: { accessKeyId: 'AKID', secretAccessKey: 'SECRET' } }

function canonicalPathOf(step: PathStep): string {
  if (step.normalizeOnly) return normalizePath(byteString(step.in))
  const pathEncoding = step.doubleEncodePath ? 'double' : 'single'
  return buildCanonicalPath(byteString(step.in), { normalizePath: step.normalizePath, pathEncoding })
}

function canonicalQueryOf(step: QueryStep): string {
  const query = step.targetEndsAtFirstSpace ? step.in.split(' ', 1)[0]! : step.in
  return buildCanonicalQuery(byteString(query), step.plusIsSpace ? 'space' : 'plus')
}

function lowerCase(headers: readonly Header[]): Header[] {
  return headers.map(([name, value]) => [name.toLowerCase(), byteString(value)])
}

function canonicalRequestOf(step: RequestStep): string {
  const [path = '', query = ''] = step.request.target.split('?')
  const names = step.signedHeaders.split(';')
  const signed = lowerCase(step.request.headers).filter(([name]) => names.includes(name))
  return buildCanonicalRequest(
    step.request.method,
    buildCanonicalPath(path, {
      normalizePath: true,
      pathEncoding: step.doubleEncodePath ? 'double' : 'single',
    }),
    buildCanonicalQuery(query, 'plus'),
    buildCanonicalHeaders(signed),
    step.payloadHash,
  )
}

/** What the preset `sdk` signs of a request, without the date that every signature brings along. */
function selectedNames({ request }: RequestStep): string {
  const signed = signRequest(
    { method: request.method, url: 'https://example.amazonaws.com/', headers: request.headers },
    { ...ANYBODY, region: 'us-east-1', service: 'service', signHeaders: 'sdk' },
  )
  return signed.signedHeaders.filter((name) => name !== 'x-amz-date').join(';')
}

describeVectors('canonical.json', () => {
  const file = loadVectors<CanonicalFile>('canonical.json')
  const plain = <T extends { readonly quirk?: boolean }>(steps: readonly T[]): readonly T[] =>
    expectCases(steps.filter(({ quirk }) => !quirk))

  it('has as many entries and quirks as are known', () => {
    const lists = Object.keys(COUNTS) as (keyof typeof COUNTS)[]
    const quirksOf = (list: (typeof lists)[number]): number =>
      file[list].filter((step) => 'quirk' in step).length
    expect(Object.fromEntries(lists.map((list) => [list, file[list].length]))).toEqual(COUNTS)
    expect(Object.fromEntries(lists.map((list) => [list, quirksOf(list)]))).toEqual(QUIRKS)
  })

  describe('uriEncode', () => {
    it.each(plain(file.uriEncode))('$in, slash encoded: $encodeSlash', ({ in: text, out, encodeSlash }) => {
      expect((encodeSlash ? encodeUri : encodeUriPath)(byteString(text))).toBe(out)
    })
  })

  describe('paths', () => {
    const isKnown = (step: PathStep): boolean => step.normalizeOnly === true && AGAINST_PATH_2.has(step.in)

    it.each(plain(file.paths).filter((step) => !isKnown(step)))('$in -> $out', (step) => {
      expect(canonicalPathOf(step)).toBe(step.out)
    })

    it.each(expectCases(file.paths.filter(isKnown)))('$in has no slash at its end (PATH-2)', (step) => {
      expect(canonicalPathOf(step)).toBe(AGAINST_PATH_2.get(step.in))
      expect(step.out).toBe(`${AGAINST_PATH_2.get(step.in)}/`)
    })

    it('knows no conflict that the file does not have', () => {
      expect(file.paths.filter(isKnown).map((step) => step.in)).toEqual([...AGAINST_PATH_2.keys()])
    })
  })

  describe('queries', () => {
    it.each(plain(file.queries))('$in', (step) => {
      expect(canonicalQueryOf(step)).toBe(step.out)
    })
  })

  describe('trim', () => {
    it.each(plain(file.trim))('"$in"', ({ in: value, out }) => {
      expect(canonicalHeaderValue(byteString(value))).toBe(byteString(out))
    })
  })

  describe('headers', () => {
    it.each(plain(file.headers))('$signedHeaders', ({ headers, out, signedHeaders }) => {
      expect(buildCanonicalHeaders(lowerCase(headers))).toMatchObject({ lines: out, signedHeaders })
    })
  })

  describe('hosts', () => {
    it.each(expectCases(file.hosts))('$url', ({ url, host }) => {
      const { headers } = signRequest(
        { method: 'GET', url },
        { ...ANYBODY, region: 'eu-west-1', service: 's' },
      )
      expect(headers.find(([name]) => name === 'host')?.[1]).toBe(host)
    })
  })

  describe('cases', () => {
    it.each(expectCases(file.cases))('$name', (step) => {
      expect(canonicalRequestOf(step)).toBe(step.canonicalRequest)
    })

    const skipping = file.cases.filter(({ name }) => / skipped$| stay unsigned$/.test(name))
    it.each(expectCases(skipping))('$name, by the preset', (step) => {
      const expected = step.signedHeaders.split(';').filter((name) => name !== 'x-amz-date')
      expect(selectedNames(step)).toBe(expected.join(';'))
    })
  })

  describe('headers that tools do not sign', () => {
    const tools = expectCases(Object.entries(file.unsignedHeaders))
    it.each(tools)('%s', (_tool, names) => {
      for (const pattern of expectCases(names)) {
        const name = pattern.replace('proxy-*', 'proxy-connection').replace('sec-*', 'sec-fetch-mode')
        const { signedHeaders } = signRequest(
          { method: 'GET', url: 'https://example.amazonaws.com/', headers: { [name]: 'x' } },
          { ...ANYBODY, region: 'eu-west-1', service: 's' },
        )
        expect(signedHeaders.includes(name), name).toBe(SIGNED_ALL_THE_SAME.has(name))
      }
    })
  })

  // One tool refuses what carries a signature already; ours is signed anew, and nothing of the old one stays.
  describe('a request that was signed before', () => {
    const { headers: names, queryParams, requests } = file.forbidden
    const options = { ...ANYBODY, region: 'eu-west-1', service: 's', date: new Date('2026-11-22T12:00:00Z') }
    const url = 'https://example.amazonaws.com/'

    it.each(expectCases(names))('with %s', (name) => {
      // A payload hash that is given stands for a body that is sent by hand, and so has to be one.
      if (name === 'x-amz-content-sha256') {
        expect(() => signRequest({ method: 'GET', url, headers: { [name]: 'given' } }, options)).toThrow(
          /payload/i,
        )
        return
      }
      const { headers } = signRequest({ method: 'GET', url, headers: { [name]: 'given' } }, options)
      expect(headers.flat()).not.toContain('given')
    })

    it.each(expectCases(queryParams))('with %s in its URL', (name) => {
      // A lifetime that stands in the URL is what was asked for, and has to be one.
      if (name === 'X-Amz-Expires') {
        expect(() => presignUrl({ method: 'GET', url: `${url}?${name}=given` }, options)).toThrow(
          /X-Amz-Expires|expir/i,
        )
        return
      }
      const { url: signed } = presignUrl({ method: 'GET', url: `${url}?${name}=given&a=b` }, options)
      expect(signed).not.toContain('given')
      expect(signed).toContain('a=b')
    })

    it.each(expectCases(requests))('%j', (text) => {
      const { method, url: target, headers } = parseHead(text)
      const given =
        /(?:lieslieslies|Something|Tomorrow|TopSekrit|BubbleSort|User-Agent)/.exec(text)?.[0] ??
        '20150830T123600Z'
      const request = {
        method,
        url: target,
        headers: headers.filter(([name]) => name !== 'x-amz-content-sha256'),
      }
      const { url: signed, headers: sent } = presignUrl(request, options)
      expect(signed + JSON.stringify(sent)).not.toContain(given)
    })
  })
})

import { expect, it } from 'vitest'
import { describeVectors, expectCases, loadVectors } from '../../../../test/kit/vectors.ts'
import { AWS4Auth, PassiveAWS4Auth, StrictAWS4Auth } from './index.ts'

interface Case {
  readonly name: string
  readonly credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  readonly region: string
  readonly service: string
  readonly timestamp: string
  readonly flags: { omitSessionToken?: boolean; foldedLinesAreValues?: boolean; invalidTarget?: boolean }
  readonly request: { method: string; target: string; headers: [string, string][]; body: string }
  readonly header: {
    canonicalRequest: string
    stringToSign: string
    signature: string
    authorization: string
  }
}

// HDR-2 and HDR-4 unfold lines to one value; a URL with a raw # or blank in it cannot be sent.
function isQuirk({ flags }: Case): boolean {
  return flags.foldedLinesAreValues === true || flags.invalidTarget === true
}

// WIRE-1: raw characters are escaped on the wire, and what is sent is what a general service encodes again. The suite
// encodes once what it never sends.
const RAW_PATHS: ReadonlySet<string> = new Set(['get-utf8', 'get-space'])

function requestOf({ request: { method, target, headers, body } }: Case): Parameters<AWS4Auth['sign']>[0] {
  const unfolded = headers.map(([name, value]): [string, string] => [
    name,
    value.replace(/\r?\n[\t ]+/g, ' '),
  ])
  return { method, url: `https://example.amazonaws.com${target}`, headers: unfolded, body }
}

describeVectors('the suite of 2015 through AWS4Auth (sigv4-suite-2015.json)', () => {
  const { cases } = loadVectors<{ cases: Case[] }>('sigv4-suite-2015.json')

  it.each(expectCases(cases.filter((test) => !isQuirk(test))))('$name', (test) => {
    const { credentials, region, service, timestamp, header } = test
    for (const mode of [AWS4Auth, StrictAWS4Auth, PassiveAWS4Auth]) {
      const auth = new mode(credentials.accessKeyId, credentials.secretAccessKey, region, service, {
        sessionToken: credentials.sessionToken,
        date: timestamp,
        includeHeaders: ['*'],
        pathEncoding: RAW_PATHS.has(test.name) ? 'single' : 'double',
        normalizePath: true,
        tokenPlacement: test.flags.omitSessionToken ? 'after' : undefined,
      })
      const signed = auth.sign(requestOf(test))
      expect(signed.canonicalRequest).toBe(header.canonicalRequest)
      expect(signed.stringToSign).toBe(header.stringToSign)
      expect(signed.headers.at(-1)).toEqual(['authorization', header.authorization])
    }
  })
})

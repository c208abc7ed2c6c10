/**
 * Published SigV4 signatures, byte for byte: AWS's test suites of three ages, worked examples of the documentation,
 * and what SDKs, tools and servers assert in their own tests. Most are made with the public functions; `exceptions.ts`
 * lists the others, rule by rule.
 *
 * Reads sigv4-aws-c-auth.json, sigv4-suite-2015.json, sigv4-suite-2011.json, sigv4-s3-docs.json, sigv4-sdk.json and
 * sigv4-presigned.json.
 */
import { describe, expect, it } from 'vitest'
import { parseAuthorization } from '../../packages/countersign/src/core/authorization-header.ts'
import { CountersignError } from '../../packages/countersign/src/index.ts'
import { describeVectors, expectCases } from '../kit/vectors.ts'
import { EXCEPTIONS, type Exception } from './exceptions.ts'
import { signByCore } from './sign-by-core.ts'
import { signPublicly, type Outcome } from './sign-publicly.ts'
import { byteString, isQuirk, loadSignings, type Signing } from './signed-case.ts'

interface Counts {
  readonly publicly: number
  readonly byCore: number
  readonly quirks: number
}

/** How many signatures of each file are made in which way. */
const FILES: Readonly<Record<string, Counts>> = {
  'sigv4-aws-c-auth': { publicly: 70, byCore: 6, quirks: 0 },
  'sigv4-suite-2015': { publicly: 32, byCore: 4, quirks: 1 },
  'sigv4-suite-2011': { publicly: 0, byCore: 28, quirks: 2 },
  'sigv4-s3-docs': { publicly: 5, byCore: 0, quirks: 0 },
  'sigv4-sdk': { publicly: 170, byCore: 40, quirks: 7 },
  'sigv4-presigned': { publicly: 27, byCore: 3, quirks: 0 },
}

function exceptionOf(file: string, id: string): Exception | undefined {
  const named = EXCEPTIONS.filter(({ cases }) => cases[file] !== '*' && cases[file]?.includes(id))
  if (named.length > 1) throw new Error(`${id} of ${file} is in two exceptions`)
  return named[0] ?? EXCEPTIONS.find(({ cases }) => cases[file] === '*')
}

/** Components of an Authorization header; the blanks between them differ from tool to tool. */
function componentsOf(authorization: string): unknown {
  return parseAuthorization(authorization.replace(/^AWS4-HMAC-SHA256 /, ''))
}

/** A URL with its parameters sorted: their order on the wire means nothing (PRE-1). */
function inOrder(url: string): string[] {
  const [before = '', query = ''] = url.split('?')
  return [before, ...query.split('&').toSorted()]
}

function expectOutcome(outcome: Outcome, { vector, expected, mode }: Signing): void {
  expect(outcome.canonicalRequest).toBe(byteString(expected.canonicalRequest))
  expect(outcome.stringToSign).toBe(expected.stringToSign)
  expect(outcome.signature).toBe(expected.signature)
  if (expected.authorization !== undefined) {
    expect(componentsOf(outcome.authorization!)).toEqual(componentsOf(expected.authorization))
  }
  if (mode === 'query' && vector.url !== undefined && outcome.url !== undefined) {
    expect(inOrder(outcome.url)).toEqual(inOrder(vector.url))
  }
}

function codeOf(signing: Signing): string {
  try {
    return signPublicly(signing).signature === signing.expected.signature ? 'agrees' : 'differs'
  } catch (error) {
    if (error instanceof CountersignError) return error.code
    throw error
  }
}

describeVectors('published SigV4 signatures', () => {
  for (const [file, counts] of Object.entries(FILES)) {
    const signings = expectCases(loadSignings(file))
    const plain = signings.filter((signing) => !isQuirk(signing))
    const kept = plain.filter(({ id }) => exceptionOf(file, id))

    describe(`${file}.json`, () => {
      it(`has ${counts.publicly} + ${counts.byCore} signatures, and ${counts.quirks} quirks of one tool`, () => {
        const quirks = signings.length - plain.length
        expect({ publicly: plain.length - kept.length, byCore: kept.length, quirks }).toEqual(counts)
      })

      for (const signing of plain) {
        if (exceptionOf(file, signing.id)) continue
        it(signing.id, () => {
          expectOutcome(signPublicly(signing), signing)
        })
      }
    })
  }
})

describeVectors('published SigV4 signatures that only the core makes', () => {
  for (const exception of EXCEPTIONS) {
    describe(`${exception.rules}: ${exception.why}; publicly: ${exception.publicly}`, () => {
      for (const [file, ids] of Object.entries(exception.cases)) {
        const signings = loadSignings(file).filter((signing) => exceptionOf(file, signing.id) === exception)
        const plain = expectCases(signings.filter((signing) => !isQuirk(signing)))

        if (ids !== '*') {
          it(`names signatures of ${file}.json`, () => {
            expect(plain.map(({ id }) => id).toSorted()).toEqual([...ids].toSorted())
          })
        }
        for (const signing of plain) {
          it(`${file}: ${signing.id}`, () => {
            expect(codeOf(signing)).toBe(exception.publicly)
            expectOutcome(signByCore(signing), signing)
          })
        }
      }
    })
  }
})

/**
 * Answers that other implementations gave: botocore and the AWS Common Runtime for requests of the project's own, and
 * the examples that AWS prints in its documentation.
 *
 * @module
 */
import { presignUrl, signRequest, type SignOptions } from 'countersign'
import { AWS4SigningKey } from 'countersign/aws4auth'
import { createVerifier } from 'countersign/verify'
import { CREDENTIALS, type Inputs, type OwnRequest, type OwnVectors } from './inputs.ts'
import { describeOutput, expectEqual } from './output.ts'
import type { Case } from './suite.ts'

const DOCUMENTED = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
const BUCKET = 'https://examplebucket.s3.amazonaws.com'
const S3_DAY: SignOptions = {
  credentials: DOCUMENTED,
  service: 's3',
  region: 'us-east-1',
  date: new Date('2013-05-24T00:00:00Z'),
  signHeaders: 'all',
}

const PARTS = ['Credential', 'SignedHeaders', 'Signature']
const partsOf = (text: string): (string | undefined)[] =>
  PARTS.map((part) => new RegExp(`${part}=([^,&]+)`).exec(text)?.[1])

function optionsOf({ given }: OwnVectors, { service, region, isTemporary }: OwnRequest): SignOptions {
  const sessionToken = isTemporary ? given.sessionToken : undefined
  return { credentials: { ...given.credentials, sessionToken }, service, region, date: new Date(given.date) }
}

function ownCases(own: OwnVectors, tool: string, answers: OwnVectors['answers'][number]['cases']): Case[] {
  return answers.map((answer) => ({
    name: `${tool}: ${answer.name}`,
    async run() {
      const request = own.given.requests.find(({ name }) => name === answer.name)
      if (!request) throw new Error('There is no such request')
      const { method, url, headers = [], body, service, region } = request
      const options = optionsOf(own, request)
      const signed = signRequest({ method, url, headers, body }, options)
      const authorization = signed.headers.find(([name]) => name === 'authorization')?.[1] ?? ''
      expectEqual(partsOf(authorization), partsOf(answer.authorization), 'signed')
      const presigned = presignUrl({ method, url, headers }, { ...options, expiresIn: 600 })
      if (answer.presigned !== undefined) {
        expectEqual(partsOf(presigned.url), partsOf(answer.presigned), 'presigned')
      }
      const verifier = createVerifier({
        service,
        region,
        secrets: () => options.credentials as { secretAccessKey: string; sessionToken?: string },
        now: () => new Date(own.given.date),
      })
      const theirs = signed.headers.map(([name, value]): [string, string] =>
        name === 'authorization' ? [name, answer.authorization] : [name, value],
      )
      const target = url.slice(url.indexOf('/', 'https://'.length))
      const verified = await verifier.verify({ method, target, headers: theirs, body: signed.body })
      return { signed, presigned, payload: verified.payload, covered: verified.covered.headers }
    },
  }))
}

/** The examples of AWS's documentation. */
function documentedCases(): Case[] {
  const signature = (expected: string, sign: () => { readonly signature: string }) => () => {
    const made = sign()
    expectEqual(made.signature, expected, 'signature')
    return made
  }
  return [
    {
      name: 'AWS: a signing key',
      run() {
        const key = new AWS4SigningKey(CREDENTIALS.secretAccessKey, 'us-east-1', 'iam', '20120215')
        const expected = 'bytes f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d'
        expectEqual(JSON.parse(describeOutput(key.key)), expected, 'key')
        return [key.scope, key.signingKey.export()]
      },
    },
    {
      name: 'AWS: S3 GET object',
      run: signature('f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41', () =>
        signRequest(
          { method: 'GET', url: `${BUCKET}/test.txt`, headers: { Range: 'bytes=0-9' } },
          { ...S3_DAY, signHeaders: ['host', 'range', 'x-amz-content-sha256', 'x-amz-date'] },
        ),
      ),
    },
    {
      name: 'AWS: S3 presigned GET',
      run: signature('aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404', () =>
        presignUrl({ method: 'GET', url: `${BUCKET}/test.txt` }, { ...S3_DAY, expiresIn: 86_400 }),
      ),
    },
  ]
}

/** All of them. */
export function knownAnswerCases({ own }: Inputs): Case[] {
  return [...documentedCases(), ...own.answers.flatMap(({ tool, cases }) => ownCases(own, tool, cases))]
}

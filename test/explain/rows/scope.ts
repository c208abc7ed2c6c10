/**
 * Rows M23 to M33: region, service and algorithm.
 *
 * @module
 */
import type { ObservedRequest } from '../../../packages/countersign/src/explain/index.ts'
import { presignedBy, told, type ExplainRow } from '../row.ts'
import { refuse, saying } from '../verifier.ts'
import { NOW, signWrongly } from '../wrong-signer.ts'

const MISMATCH = saying(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match')

function signedFor(host: string, service: string, region: string): ObservedRequest {
  return signWrongly({ target: '/', service, region, headers: [['host', host]] }).request
}

/** The rows. */
export const SCOPE_ROWS: readonly ExplainRow[] = [
  {
    id: 'M23',
    input: 'a bucket in eu-west-1, signed for us-east-1',
    expected: { answer: 'stated' },
    make: async () => {
      const request = signedFor('bucket.s3.amazonaws.com', 's3', 'us-east-1')
      return told(request, await refuse(request, { region: 'eu-west-1' }))
    },
  },
  {
    id: 'M24',
    input: 'the same in a presigned URL',
    expected: { answer: 'stated' },
    make: async () => {
      const request = presignedBy()
      return told(request, await refuse(request, { region: 'eu-west-1' }))
    },
  },
  {
    id: 'M25',
    input: '`HEAD` of a bucket in another region: an empty 400 with `x-amz-bucket-region`',
    expected: { answer: 'stated' },
    make: async () =>
      told(signedFor('b.s3.amazonaws.com', 's3', 'us-east-1'), {
        status: 400,
        headers: [['x-amz-bucket-region', 'eu-west-1']],
      }),
  },
  {
    id: 'M26',
    input: 'STS of eu-west-1, signed for us-west-2',
    expected: { answer: 'stated' },
    make: async () => {
      const request = signedFor('sts.eu-west-1.amazonaws.com', 'sts', 'us-west-2')
      return told(
        request,
        await refuse(request, { service: 'sts', dialect: 'queryXml', region: 'eu-west-1' }),
      )
    },
  },
  {
    id: 'M27',
    input: 'IAM, which is global, signed for eu-west-1',
    expected: { answer: 'stated' },
    make: async () => {
      const request = signedFor('iam.amazonaws.com', 'iam', 'eu-west-1')
      return told(request, await refuse(request, { service: 'iam', dialect: 'queryXml' }))
    },
  },
  {
    id: 'M28',
    input: 'OpenSearch Serverless, signed as `es`',
    expected: { answer: 'stated' },
    make: async () => {
      const request = signedFor('x.eu-west-1.aoss.amazonaws.com', 'es', 'eu-west-1')
      return told(
        request,
        await refuse(request, { service: 'aoss', dialect: 'restJson', region: 'eu-west-1' }),
      )
    },
  },
  {
    id: 'M29',
    input: 'an availability zone, `eu-west-1a`, in the place of the region',
    expected: { answer: 'likely' },
    make: async () => told(signedFor('internal.example', 's3', 'eu-west-1a'), MISMATCH),
  },
  {
    id: 'M30',
    input: 'a scope of three parts',
    expected: { answer: 'stated' },
    make: async () => {
      const right = signedFor('internal.example', 's3', 'us-east-1')
      const headers = right.headers.map(([name, value]) => [name, value.replace('/s3/', '/')] as const)
      return told({ ...right, headers }, await refuse({ ...right, headers }))
    },
  },
  {
    id: 'M31',
    input: 'a VPC endpoint, whose name tells neither service nor region',
    expected: { answer: 'possible' },
    make: async () =>
      told(signedFor('vpce-0123-abc.execute-api.internal', 'execute-api', 'us-east-1'), MISMATCH),
  },
  {
    id: 'M32',
    input: 'a multi-region access point, signed with SigV4',
    expected: { answer: 'likely' },
    make: async () =>
      told(signedFor('alias.mrap.accesspoint.s3-global.amazonaws.com', 's3', 'us-east-1'), MISMATCH),
  },
  {
    id: 'M33',
    input: 'version 2 of the signature',
    expected: { answer: 'stated' },
    make: async () => {
      const headers = [
        ['host', 'h'],
        ['date', NOW.toUTCString()],
        ['authorization', 'AWS AKIDEXAMPLE:c2lnbmF0dXJl'],
      ] as const
      const request = { method: 'GET', target: '/', headers }
      return told(request, await refuse(request))
    },
  },
]

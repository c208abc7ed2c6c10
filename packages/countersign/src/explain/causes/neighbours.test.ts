/** Refusals that are none of the signature are said to be so. */
import { expect, it } from 'vitest'
import { saying, sayingJson } from '../../../../../test/explain/verifier.ts'
import { signWrongly } from '../../../../../test/explain/wrong-signer.ts'
import { explainRefusal, type ObservedAnswer } from '../index.ts'

const sentTo = (host: string, target = '/key', service = 's3'): ReturnType<typeof signWrongly>['request'] =>
  signWrongly({ target, service, headers: [['host', host]] }).request

const S3 = 'bucket.s3.us-east-1.amazonaws.com'
const DENIED =
  'User: arn:aws:iam::1:user/a is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::b/k" '

it.each<[code: string, answer: ObservedAnswer, request?: ReturnType<typeof sentTo>]>([
  ['policy-denied', saying(403, 'AccessDenied', 'Access Denied')],
  [
    'policy-denied',
    saying(403, 'AccessDenied', `${DENIED}because no identity-based policy allows the s3:GetObject action`),
  ],
  ['policy-denied', sayingJson(400, 'AccessDeniedException', DENIED)],
  [
    'explicit-deny',
    saying(403, 'AccessDenied', `${DENIED}with an explicit deny in a service control policy`),
  ],
  ['explicit-deny', saying(403, 'AccessDenied', `${DENIED}with an explicit deny in a VPC endpoint policy`)],
  ['kms-denied', saying(403, 'AccessDenied', DENIED.replace('s3:GetObject', 'kms:Decrypt'))],
  ['not-enabled', saying(403, 'OptInRequired', 'The AWS Access Key Id needs a subscription for the service')],
  ['throttled', saying(503, 'SlowDown', 'Please reduce your request rate.')],
  ['throttled', sayingJson(400, 'ThrottlingException', 'Rate exceeded')],
  ['api-gateway-forbidden', sayingJson(403, undefined, 'Forbidden')],
  ['route-missing', sayingJson(403, undefined, 'Missing Authentication Token')],
  ['aoss-root', { status: 404, headers: [] }, sentTo('x.us-east-1.aoss.amazonaws.com', '/', 'aoss')],
  ['not-found', saying(404, 'NoSuchKey', 'The specified key does not exist.')],
])('%s', (code, answer, request = sentTo(S3)) => {
  const { verdicts, isSignatureProblem } = explainRefusal({ request, answer })
  expect(verdicts.map((verdict) => `${verdict.code} ${verdict.grade}`)).toEqual([`${code} stated`])
  expect(isSignatureProblem).toBe(false)
})

it('other-vendor: beside what the server says', () => {
  const { request } = signWrongly({ target: '/key', headers: [['host', 'b.fra1.digitaloceanspaces.com']] })
  const headers = request.headers.map(
    ([name, value]) => [name, value.replace('AKIDEXAMPLE', 'AKIAIOSFODNN7EXAMPLE')] as const,
  )
  const answer = saying(403, 'InvalidAccessKeyId', 'no')
  const { verdicts } = explainRefusal({ request: { ...request, headers }, answer })
  expect(verdicts.map(({ code }) => code)).toEqual(['unknown-key', 'other-vendor'])
})

it.each([
  saying(403, 'AccessDenied', 'There were headers present in the request which were not signed'),
  saying(403, 'AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header'),
  saying(403, 'SignatureDoesNotMatch', 'no'),
])('a refusal for the signature is none of them', (answer) => {
  const { verdicts, isSignatureProblem } = explainRefusal({ request: sentTo(S3), answer })
  expect(verdicts.map(({ code }) => code)).not.toContain('policy-denied')
  expect(isSignatureProblem).toBe(true)
})

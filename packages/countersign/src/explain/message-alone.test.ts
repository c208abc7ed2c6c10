/** API Gateway and its like name the error in a header, and people paste the body alone. */
import { expect, it } from 'vitest'
import { explainRefusal } from './explain-refusal.ts'

const request = { method: '', target: '', headers: [] }

it.each<readonly [message: string, code: string, kind: string, cause: string | undefined]>([
  [
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    'InvalidSignatureException',
    'signature',
    undefined,
  ],
  [
    'Signature expired: 20261122T110000Z is now earlier than 20261122T115500Z (20261122T120000Z - 5 min.)',
    'InvalidSignatureException',
    'clock',
    'clock-behind',
  ],
  [
    'User: arn:aws:iam::123456789012:user/x is not authorized to perform: es:ESHttpGet',
    'AccessDeniedException',
    'permission',
    'policy-denied',
  ],
  [
    'The security token included in the request is expired',
    'ExpiredTokenException',
    'expired',
    'expired-credentials',
  ],
])('a message alone tells the code: %s', (message, code, kind, cause) => {
  const body = new TextEncoder().encode(JSON.stringify({ message }))
  const { answer, verdicts, isSignatureProblem } = explainRefusal({
    request,
    answer: { status: 0, headers: [], body },
  })
  expect(answer).toMatchObject({ code, kind })
  expect(verdicts[0]?.code).toBe(cause)
  expect(isSignatureProblem).toBe(kind !== 'permission')
})

/**
 * Rows N1 to N10: refusals that are none of the signature.
 *
 * @module
 */
import { told, type ExplainRow } from '../row.ts'
import { saying, sayingJson } from '../verifier.ts'
import { signWrongly } from '../wrong-signer.ts'

const DENIED =
  'User: arn:aws:iam::1:user/a is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::b/k" '

function row(
  id: string,
  input: string,
  answer: Parameters<typeof told>[1],
  [host, target, service]: readonly string[] = ['bucket.s3.us-east-1.amazonaws.com', '/key', 's3'],
): ExplainRow {
  const { request } = signWrongly({
    target: target ?? '/',
    service: service ?? 's3',
    headers: [['host', host ?? '']],
  })
  return { id, input, expected: { answer: 'stated' }, make: async () => told(request, answer) }
}

/** The rows. */
export const NEIGHBOUR_ROWS: readonly ExplainRow[] = [
  row(
    'N1',
    'AccessDenied, with no policy that allows it',
    saying(403, 'AccessDenied', `${DENIED}because no identity-based policy allows the s3:GetObject action`),
  ),
  row(
    'N2',
    'AccessDenied, with an explicit deny',
    saying(403, 'AccessDenied', `${DENIED}with an explicit deny in a service control policy`),
  ),
  row(
    'N3',
    'OptInRequired',
    saying(403, 'OptInRequired', 'The AWS Access Key Id needs a subscription for the service'),
  ),
  row('N4', 'SlowDown', saying(503, 'SlowDown', 'Please reduce your request rate.')),
  row('N5', '`Forbidden` of API Gateway', sayingJson(403, undefined, 'Forbidden')),
  row(
    'N6',
    '`Missing Authentication Token` of API Gateway, to a signed request',
    sayingJson(403, undefined, 'Missing Authentication Token'),
  ),
  row('N7', '404 for `/` of OpenSearch Serverless', { status: 404, headers: [] }, [
    'x.us-east-1.aoss.amazonaws.com',
    '/',
    'aoss',
  ]),
  row(
    'N8',
    'AccessDenied of KMS in a call of S3',
    saying(403, 'AccessDenied', DENIED.replace('s3:GetObject', 'kms:Decrypt')),
  ),
  row('N10', 'NoSuchKey', saying(404, 'NoSuchKey', 'The specified key does not exist.')),
]

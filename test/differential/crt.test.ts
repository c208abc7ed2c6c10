/**
 * The same answer as aws-crt, the signer in C of the AWS Common Runtime, or a reason.
 */
import { auth, http } from 'aws-crt'
import { comparePeer, compareTrailingDots, REGION } from './compare.ts'
import type { Disagreement, Peer } from './compare.ts'
import { configureCrt } from './crt-configuration.ts'
import { hasLonePercent, hasUnsendable, isNotStrict, isS3 } from './conditions.ts'

const peer: Peer = {
  name: 'aws-crt',
  feeds: ['wire', 'raw'],
  async sign(request) {
    const headers = new http.HttpHeaders(request.headers.map(([name, value]) => [name, value]))
    const message = new http.HttpRequest(request.method, request.target || '/', headers)
    const signed = await auth.aws_sign_request(
      message,
      configureCrt({ ...request, region: REGION, algorithm: auth.AwsSigningAlgorithm.SigV4 }),
    )
    const carrier = request.generated.carrier === 'query' ? signed.path : signed.headers.get('authorization')
    return { signature: /Signature=([0-9a-f]{64})/.exec(carrier)?.[1] ?? carrier }
  },
}

const KNOWN: readonly Disagreement[] = [
  {
    name: 'takes what stands before :/ in a path for the scheme of a URL',
    why: 'PATH-11: a target that begins with a slash is in origin form',
    parts: ['error', 'signature'],
    when: (request) => request.path.includes(':/'),
  },
  {
    name: 'throws at a lone % in the query',
    why: 'QRY-3: it is data, sent as %25',
    parts: ['error'],
    feed: 'raw',
    when: ({ query }) => hasLonePercent(query),
  },
  {
    name: 'takes the path as it stands, for S3',
    why: 'PATH-4, PATH-5: S3 decodes it once and encodes it strictly; that form is the one we send',
    parts: ['signature'],
    feed: 'raw',
    when: (request) => isS3(request) && isNotStrict(request.path),
  },
  {
    name: 'encodes once what cannot be sent raw',
    why: 'WIRE-1, PATH-3: it is escaped on the wire, and that form is encoded again',
    parts: ['signature'],
    feed: 'raw',
    when: (request) => !isS3(request) && hasUnsendable(request.path),
  },
  {
    name: 'reads a raw + in the query as a plus',
    why: 'QRY-5: in a URL it stands for a space, and is sent as %20',
    parts: ['signature'],
    feed: 'raw',
    when: ({ query }) => query.includes('+'),
  },
]

comparePeer(peer, KNOWN, 9900)
compareTrailingDots(peer)

/**
 * Rows of SigV4A: what can go wrong with it alone, and some of what goes wrong with both.
 *
 * @module
 */
import type { HeaderField, ObservedRequest } from '../../../packages/countersign/src/explain/index.ts'
import { sigV4A } from '../../../packages/countersign/src/sigv4a.ts'
import { credentials, withHeader, withTarget, type ExplainRow } from '../row.ts'
import { refuse, saying, type ServerOptions } from '../verifier.ts'
import { signWrongly, type Mistake, type Request } from '../wrong-signer.ts'

const SETS = { regionSet: 'us-east-1,eu-west-1' } as const
const PRESIGNED = { ...SETS, isPresigned: true } as const
const OTHER = {
  accessKeyId: 'AKIAOTHERPROFILE0001',
  secretAccessKey: 'AnotherSecretOfAnotherProfile/EXAMPLEKEY',
}
const MISMATCH = saying(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match')

/** A request, perhaps changed after it was signed, and refused; the key is at hand, and an echo is not. */
function refused(
  request: Request,
  mistake: Mistake = {},
  change: (sent: ObservedRequest) => ObservedRequest = (sent) => sent,
  server: ServerOptions = {},
): ExplainRow['make'] {
  return async (known) => {
    const arrived = change(signWrongly({ target: '/key', ...request }, mistake).request)
    const evidence = { request: arrived, answer: await refuse(arrived, server) }
    const options = { credentials, candidates: [OTHER], algorithms: [sigV4A] }
    return known === 'key' ? { evidence, options } : { evidence }
  }
}

/** The value of a header in what is signed. */
const signing =
  (wanted: string, text: string): NonNullable<Mistake['headers']> =>
  (lines) =>
    lines.map(([name, value]): HeaderField => [name, name === wanted ? text : value])

/** Both numbers of a signature in DER, one behind the other. */
function rawOf(der: string): string {
  const bytes = Buffer.from(der, 'hex')
  const end = 4 + (bytes[3] ?? 0)
  const numbers = [bytes.subarray(4, end), bytes.subarray(end + 2)]
  return numbers.map((number) => number.toString('hex').slice(-64).padStart(64, '0')).join('')
}

/** The rows. */
export const SIGV4A_ROWS: readonly ExplainRow[] = [
  {
    id: 'M1',
    input: 'SigV4A: a line end behind the secret, out of a file',
    expected: { key: 'proven' },
    make: refused(SETS, { secret: (secret) => `${secret}\n` }),
  },
  {
    id: 'M1',
    input: 'SigV4A: a line end behind the key id, which its keys are made of, too',
    expected: { key: 'proven' },
    make: refused(SETS, { keyId: (id) => `${id}\n` }),
  },
  {
    id: 'M4',
    input: 'SigV4A: the secret of another profile, in a presigned URL',
    expected: { key: 'proven' },
    make: refused(PRESIGNED, { secret: () => OTHER.secretAccessKey }),
  },
  {
    id: 'M4',
    input: 'SigV4A: all of the key of another profile, under the id of this one',
    expected: { key: 'proven' },
    make: refused(SETS, { secret: () => OTHER.secretAccessKey, keyId: () => OTHER.accessKeyId }),
  },
  {
    id: 'M4',
    input: 'SigV4A: the right secret with the key id of another profile',
    expected: { key: 'proven' },
    make: refused(SETS, { keyId: () => OTHER.accessKeyId }),
  },
  {
    id: 'M87',
    input: '`x-amz-region-set: us-east-1,eu-west-1`, signed with a blank behind the comma',
    expected: { key: 'proven' },
    make: refused(SETS, { headers: signing('x-amz-region-set', 'us-east-1, eu-west-1') }),
  },
  {
    id: 'M87',
    input: 'the same, made `*` after signing',
    expected: { key: 'proven' },
    make: refused({ regionSet: 'us-east-1' }, {}, (sent) => withHeader(sent, 'x-amz-region-set', '*')),
  },
  {
    id: 'M87',
    input: '`X-Amz-Region-Set` of a presigned URL made another region after signing',
    expected: { key: 'proven' },
    make: refused({ ...PRESIGNED, regionSet: '*' }, {}, (sent) =>
      withTarget(sent, (target) => target.replace('Region-Set=%2A', 'Region-Set=us-east-1')),
    ),
  },
  {
    id: 'M32',
    input: 'a region set that was set after signing, and is not signed',
    expected: { key: 'proven', answer: 'likely' },
    make: async (known) => {
      const isSet = ([name]: HeaderField): boolean => name === 'x-amz-region-set'
      const { request } = signWrongly(
        { target: '/key', ...SETS },
        { headers: (lines) => lines.filter((line) => !isSet(line)) },
      )
      const options = { credentials, algorithms: [sigV4A] }
      return { evidence: { request, answer: MISMATCH }, ...(known === 'key' && { options }) }
    },
  },
  {
    id: 'M26',
    input: 'a set without the region of the host',
    expected: { answer: 'likely' },
    make: async () => {
      const host = ['host', 'bucket.s3.ap-south-1.amazonaws.com'] as const
      const { request } = signWrongly({ target: '/key', ...SETS, headers: [host] })
      return { evidence: { request, answer: MISMATCH } }
    },
  },
  {
    id: 'M30',
    input: 'a region in the scope that is signed, as with SigV4',
    expected: { key: 'proven' },
    make: refused(SETS, { scope: ([day = '', ...rest]) => [day, 'us-east-1', ...rest] }),
  },
  {
    id: 'M28',
    input: 'SigV4A: another service in the scope that is signed than in the request',
    expected: { key: 'proven' },
    make: refused(SETS, { scope: ([day = '', , end = '']) => [day, 'execute-api', end] }),
  },
  {
    id: 'M20',
    input: 'SigV4A: another day in the scope that is signed than in the request',
    expected: { key: 'proven' },
    make: refused(SETS, { scope: ([, ...rest]) => ['20261121', ...rest] }),
  },
  {
    id: 'M33',
    input: 'SigV4A under the name of SigV4 in the string to sign',
    expected: { key: 'proven' },
    make: refused(PRESIGNED, { algorithm: () => 'AWS4-HMAC-SHA256' }),
  },
  {
    id: 'M88',
    input: 'SigV4A: a signature as WebCrypto gives it, 128 digits without DER',
    expected: { key: 'proven', answer: 'likely' },
    make: refused(SETS, {}, (sent) => ({
      ...sent,
      headers: sent.headers.map(([name, value]) => [name, value.replace(/(?<=Signature=)\w+/, rawOf)]),
    })),
  },
  {
    id: 'M37',
    input: 'SigV4A: `/a@b.txt` of S3, presigned with the path bare',
    expected: { key: 'proven' },
    make: refused({ ...PRESIGNED, target: '/a@b.txt' }, { path: (_, raw) => raw }),
  },
  {
    id: 'M85a',
    input: 'SigV4A: `HEAD` of a URL that was presigned for `GET`',
    expected: { key: 'proven' },
    make: refused(PRESIGNED, {}, (sent) => ({ ...sent, method: 'HEAD' })),
  },
]

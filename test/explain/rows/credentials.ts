/**
 * Rows M1 to M15: credentials.
 *
 * @module
 */
import { credentials, signedBy, told, type ExplainRow } from '../row.ts'
import { refuse, saying, sayingJson } from '../verifier.ts'
import { KEY_ID, SECRET, signWrongly } from '../wrong-signer.ts'

const TOKEN = 'FwoGZXIvYXdzEXAMPLE+token/value=='
const temporary = { accessKeyId: 'ASIAIOSFODNN7EXAMPLE', secretAccessKey: SECRET, sessionToken: TOKEN }
const takesTemporary = { secrets: () => ({ secretAccessKey: SECRET, sessionToken: TOKEN }) }
const MISMATCH = saying(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match')

/** A request that was signed with a secret which differs from the right one, and the right one at hand. */
function secretThatIs(damage: (secret: string) => string): ExplainRow['make'] {
  return async () => {
    const { request } = signWrongly({ target: '/key' }, { secret: damage })
    return { evidence: { request, answer: await refuse(request) }, options: { credentials } }
  }
}

/** The rows. */
export const CREDENTIAL_ROWS: readonly ExplainRow[] = [
  {
    id: 'M1',
    input: 'a line end behind the secret, out of a file',
    expected: { key: 'proven' },
    make: secretThatIs((secret) => `${secret}\n`),
  },
  {
    id: 'M2',
    input: 'a byte order mark in front of the secret',
    expected: { key: 'proven' },
    make: secretThatIs((secret) => `\ufeff${secret}`),
  },
  {
    id: 'M3',
    input: 'a secret that was URL-encoded',
    expected: { key: 'proven' },
    make: secretThatIs(encodeURIComponent),
  },
  {
    id: 'M4',
    input: 'the secret of another profile of this computer',
    expected: { key: 'proven' },
    make: async () => {
      const secretAccessKey = 'AnotherSecretOfAnotherProfile/EXAMPLEKEY'
      const { request } = signWrongly({ target: '/key' }, { secret: () => secretAccessKey })
      const candidates = [{ accessKeyId: 'AKIAOTHERPROFILE0001', secretAccessKey }]
      return { evidence: { request, answer: await refuse(request) }, options: { credentials, candidates } }
    },
  },
  {
    id: 'M5',
    input: 'key id and secret in the place of each other',
    expected: { answer: 'likely' },
    make: async () => {
      const request = signedBy({ accessKeyId: SECRET, secretAccessKey: 'AKIAIOSFODNN7EXAMPLE' })
      return told(request, await refuse(request))
    },
  },
  {
    id: 'M6',
    input: 'a key that begins with `ASIA`, without its token',
    expected: { answer: 'stated' },
    make: async () => {
      const { request } = signWrongly({ target: '/key' })
      const headers = request.headers.map(
        ([name, value]) => [name, value.replace(KEY_ID, temporary.accessKeyId)] as const,
      )
      const text = 'The security token included in the request is invalid.'
      return told({ ...request, headers }, sayingJson(400, 'UnrecognizedClientException', text))
    },
  },
  {
    id: 'M7',
    input: 'new keys with the token of the session before',
    expected: { answer: 'stated' },
    make: async () => {
      const request = signedBy({ ...temporary, sessionToken: 'of-an-older-session' })
      return told(request, await refuse(request, takesTemporary))
    },
  },
  {
    id: 'M8',
    input: 'an empty `x-amz-security-token`',
    expected: { answer: 'stated' },
    make: async () => {
      const { request } = signWrongly({ target: '/key', headers: [['x-amz-security-token', '']] })
      const text =
        "'x-amz-security-token' is named as a SignedHeader, but it does not exist in the HTTP request"
      return told(request, sayingJson(403, 'InvalidSignatureException', text))
    },
  },
  {
    id: 'M9',
    input: 'a token from the tool, and one by hand',
    expected: { answer: 'likely' },
    make: async () => {
      const { request } = signWrongly({ target: '/key', headers: [['x-amz-security-token', TOKEN]] })
      return told({ ...request, headers: [...request.headers, ['x-amz-security-token', TOKEN]] }, MISMATCH)
    },
  },
  {
    id: 'M10',
    input: 'a session that is over',
    expected: { answer: 'stated' },
    make: async () => {
      const elements = { 'Token-0': TOKEN }
      return told(
        signedBy(temporary),
        saying(400, 'ExpiredToken', 'The provided token has expired.', { elements }),
      )
    },
  },
  {
    id: 'M11',
    input: 'a key that the server does not know',
    expected: { answer: 'stated' },
    make: async () => {
      const request = signedBy({ ...credentials, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' })
      return told(request, await refuse(request))
    },
  },
  {
    id: 'M12',
    input: 'a token of the global STS endpoint, in an opt-in region',
    expected: { answer: 'likely' },
    make: async () => {
      const request = signedBy(temporary, 'https://bucket.s3.eu-south-1.amazonaws.com/key', 'eu-south-1')
      return told(
        request,
        saying(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.'),
      )
    },
  },
  {
    id: 'M13',
    input: 'another key id than that of the chosen profile',
    expected: { key: 'likely' },
    make: async () => {
      const request = signedBy({ ...credentials, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' })
      const chosen = { ...credentials, accessKeyId: 'AKIAANOTHER000000001' }
      return { ...(await told(request, MISMATCH)), options: { credentials: chosen } }
    },
  },
  {
    id: 'M14',
    input: 'a request without a signature',
    expected: { answer: 'stated' },
    make: async () => {
      const headers = [['host', 'sts.us-east-1.amazonaws.com']] as const
      const request = { method: 'GET', target: '/', headers }
      return told(request, await refuse(request, { service: 'sts', dialect: 'queryXml' }))
    },
  },
  {
    id: 'M15',
    input: 'a signing key of the day before',
    expected: { key: 'proven' },
    make: async () => {
      const stale = { keyScope: ([, ...rest]: readonly string[]) => ['20261121', ...rest] }
      const { request } = signWrongly({ target: '/key' }, stale)
      return { evidence: { request, answer: await refuse(request) }, options: { credentials } }
    },
  },
  {
    id: 'M15',
    input: 'a signing key for eu-west-1, in a request for us-east-1',
    expected: { key: 'proven' },
    make: async () => {
      const elsewhere = {
        keyScope: ([date = '', , ...rest]: readonly string[]) => [date, 'eu-west-1', ...rest],
      }
      const { request } = signWrongly({ target: '/key' }, elsewhere)
      return { evidence: { request, answer: await refuse(request) }, options: { credentials } }
    },
  },
]

/**
 * Rows M34 to M47: the path.
 *
 * @module
 */
import { changedOnTheWay, signedWith, withTarget, type ExplainRow } from '../row.ts'
import { HOST, rightPath } from '../wrong-signer.ts'

const ALL = { log: 'proven', key: 'proven' } as const
const GENERAL = { dialect: 'awsJson' } as const
const ON_THE_WAY = { log: 'proven', echo: 'proven', wire: 'proven' } as const

/** Percent-encodes all bytes but the unreserved ones and some others. */
function encode(text: string): string {
  return Array.from(Buffer.from(text), (byte) => {
    const c = String.fromCharCode(byte)
    return /[\w.~/-]/.test(c) ? c : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}

/** The rows. */
export const PATH_ROWS: readonly ExplainRow[] = [
  {
    id: 'M34',
    input: '`GET /pets/a%20b` of API Gateway, signed as it is sent',
    expected: ALL,
    make: signedWith({ service: 'execute-api', target: '/pets/a%20b' }, { path: (_, raw) => raw }, GENERAL),
  },
  {
    id: 'M35',
    input: '`GET /photos/a%20b.jpg` of S3, encoded again by a signer made for the other services',
    expected: ALL,
    also: ['M36'],
    make: signedWith({ target: '/photos/a%20b.jpg' }, { path: (_, raw) => encode(raw) }),
  },
  {
    id: 'M36',
    input: '`/pets/a%20b` handed encoded to a signer that encodes it itself, and then again',
    expected: ALL,
    make: signedWith(
      { service: 'execute-api', target: '/pets/a%20b' },
      { path: (_, raw) => encode(encode(raw)) },
      GENERAL,
    ),
  },
  {
    id: 'M37',
    input: "`GET /photos/a@b:c'd().txt` of S3, signed bare",
    expected: { ...ALL, echo: 'likely' },
    make: signedWith({ target: "/photos/a@b:c'd().txt" }, { path: (_, raw) => raw }),
  },
  {
    id: 'M37',
    input: "`/photos/x!*'().txt` through `encodeURIComponent`",
    expected: ALL,
    make: signedWith(
      { target: '/photos/x%21%2A%27%28%29%3A.txt' },
      { path: (_, raw) => raw.split('/').map(decodeURIComponent).map(encodeURIComponent).join('/') },
    ),
  },
  {
    id: 'M38',
    input: '`/notes/a+b` of S3, the plus taken for a space',
    expected: ALL,
    make: signedWith({ target: '/notes/a+b' }, { path: (canonical) => canonical.replace('%2B', '%20') }),
  },
  {
    id: 'M39',
    input: '`/pets/a%2Fb` of API Gateway, decoded by a proxy',
    expected: { ...ON_THE_WAY, key: 'proven' },
    make: changedOnTheWay(
      { service: 'execute-api', target: '/pets/a%2Fb' },
      (sent) => withTarget(sent, (target) => target.replace('%2F', '/')),
      GENERAL,
    ),
  },
  {
    id: 'M39',
    input: '`/bucket/a%2Fb` of S3, signed with `%2F`; S3 signs a slash',
    expected: ALL,
    make: signedWith({ target: '/bucket/a%2Fb' }, { path: (_, raw) => raw }),
  },
  {
    id: 'M40',
    input: '`/bucket/a//b/../c` of S3, tidied up by the signer',
    expected: ALL,
    make: signedWith({ target: '/bucket/a//b/../c' }, { path: (_, raw) => rightPath(raw, 'execute-api') }),
  },
  {
    id: 'M40',
    input: 'the same, signed right, and tidied up by `fetch` on the way',
    expected: ON_THE_WAY,
    make: changedOnTheWay({ target: '/bucket/a/b/../c' }, (sent) =>
      withTarget(sent, (target) => new URL(`https://${HOST}${target}`).pathname),
    ),
  },
  {
    id: 'M41',
    input: '`/pets//a/../b` of API Gateway, not tidied up',
    expected: ALL,
    make: signedWith({ service: 'execute-api', target: '/pets//a/../b' }, { path: (_, raw) => raw }, GENERAL),
  },
  {
    id: 'M42',
    input: '`/bucket/caf%c3%a9` of S3, signed with its escapes in lower case',
    expected: ALL,
    make: signedWith({ target: '/bucket/caf%c3%a9' }, { path: (_, raw) => raw }),
  },
  {
    id: 'M42',
    input: '`/bucket/%7Euser` of S3, signed with the `~` escaped',
    expected: ALL,
    make: signedWith({ target: '/bucket/%7Euser' }, { path: (_, raw) => raw }),
  },
  {
    id: 'M43',
    input: '`GET /` signed with an empty path',
    expected: ALL,
    make: signedWith({ service: 'execute-api' }, { path: () => '' }, GENERAL),
  },
  {
    id: 'M43',
    input: '`/pets/`, its last slash lost on the way',
    expected: { ...ON_THE_WAY, key: 'proven' },
    make: changedOnTheWay(
      { service: 'execute-api', target: '/pets/' },
      (sent) => withTarget(sent, (target) => target.slice(0, -1)),
      GENERAL,
    ),
  },
  {
    id: 'M44',
    input: '`/pets` signed, and `/prod/pets` received',
    expected: { ...ON_THE_WAY, key: 'proven' },
    make: changedOnTheWay(
      { service: 'execute-api', target: '/pets' },
      (sent) => withTarget(sent, (target) => `/prod${target}`),
      GENERAL,
    ),
  },
  {
    id: 'M45',
    input: '`/bucket/caf%C3%A9` signed decomposed (NFD), as a Mac writes file names',
    expected: ALL,
    make: signedWith({ target: '/bucket/caf%C3%A9' }, { path: () => '/bucket/cafe%CC%81' }),
  },
  {
    id: 'M46',
    input: 'the whole URL signed in the place of the path',
    expected: ALL,
    make: signedWith({ target: '/bucket/key' }, { path: (canonical) => `https://${HOST}${canonical}` }),
  },
  {
    id: 'M47',
    input: 'a Bedrock model ARN, its `/` left bare in what is signed',
    expected: ALL,
    make: signedWith(
      {
        service: 'bedrock',
        method: 'POST',
        target: '/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fx/invoke',
        body: '{}',
      },
      { path: (canonical) => canonical.replace('%252F', '/') },
      GENERAL,
    ),
  },
]

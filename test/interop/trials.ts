/**
 * What real clients are tried with, and which client cannot do what. Each client has a test file that tries it with all
 * the rest, and `docs/clients.md` is made of this table.
 *
 * @module
 */

/** Everything that is tried. */
export const TRIALS = {
  buckets: 'makes, finds and lists buckets',
  small: 'puts, gets, looks at and deletes an object',
  large: 'puts and gets 8 MiB in one request',
  parts: 'uploads in parts',
  stream: 'uploads a stream',
  keys: 'odd names: blanks, `+`, `%`, `//`, `..`, accents, emoji',
  range: 'gets a range',
  copy: 'copies on the server',
  list: 'lists by prefix',
  deleteMany: 'deletes many at once',
  presignedGet: 'presigned URLs to get',
  presignedPut: 'presigned URLs to put',
  form: 'upload forms',
  https: 'puts and gets over https',
  wrongSecret: 'wrong secret: tells `SignatureDoesNotMatch`',
  unknownKey: 'unknown key: tells `InvalidAccessKeyId`',
  clock: 'clock 20 minutes off: tells `RequestTimeTooSkewed`',
  older: 'version 2, let in and refused',
  olderPresigned: 'presigned URLs of version 2, let in and refused',
} as const

/** Name of a trial. */
export type Trial = keyof typeof TRIALS

/** What is to be known of a client. */
interface ClientFacts {
  /** The oldest that is known to pass; a newer one should. */
  readonly version: string
  /** What it does not do, and why. */
  readonly without: { readonly [T in Trial]?: string }
  /** What it does in a way of its own. */
  readonly notes?: { readonly [T in Trial]?: string }
}

const NO_OLDER = { older: 'knows version 4 alone', olderPresigned: 'knows version 4 alone' } as const
const NO_FORM = { form: 'makes none' } as const
const SIGNER = { ...NO_FORM, ...NO_OLDER } as const

/** The clients that are tried. */
export const CLIENTS = {
  'AWS CLI': {
    version: '2.9.19',
    without: { presignedPut: 'makes URLs to get alone', ...NO_FORM, ...NO_OLDER },
    notes: { keys: '`//` and `..` by `s3api put-object`, the rest by `s3 sync`' },
  },
  boto3: {
    version: '1.26.27',
    without: {},
    notes: {
      older:
        'objects alone: for a bucket in the path, botocore signs `/bucket/` and sends `/bucket`, and is refused ([boto3#4433](https://github.com/boto/boto3/issues/4433))',
    },
  },
  curl: {
    version: '7.88.1',
    without: {
      presignedGet: 'makes none',
      presignedPut: 'makes none',
      ...NO_FORM,
      ...NO_OLDER,
    },
    notes: {
      keys: "curl 7.88 signs a path as it stands: write `!'()*` as `%21%27%28%29%2A`",
      small: 'the caller sends `x-amz-content-sha256`; curl 7.88 never does by itself',
      list: 'curl 7.88 signs a query as it stands: sort it, and write `?acl=`',
    },
  },
  rclone: {
    version: '1.60.1',
    without: {
      ...NO_FORM,
      presignedPut: 'makes URLs to get alone',
      olderPresigned: 'its URLs of version 2 have no signature',
    },
    notes: { keys: 'names with `//` or `..` are no files' },
  },
  s3cmd: {
    version: '2.3.0',
    without: {
      ...NO_FORM,
      range: 'has no option for it',
      presignedGet: 'makes those of version 2 alone',
      presignedPut: 'makes those of version 2 alone',
    },
    notes: { older: 'refused, it signs with version 4 by itself and is let in' },
  },
  '@aws-sdk/client-s3': {
    version: '3.1169.0',
    without: { ...NO_FORM, ...NO_OLDER },
    notes: {
      presignedGet: 'with `@aws-sdk/s3-request-presigner`',
      presignedPut: 'with `@aws-sdk/s3-request-presigner`',
      clock: 'told so, it corrects its clock by the answer, and is let in',
    },
  },
  '@aws-sdk/lib-storage': {
    version: '3.1169.0',
    without: {
      buckets: 'uploads alone',
      range: 'uploads alone',
      copy: 'uploads alone',
      list: 'uploads alone',
      deleteMany: 'uploads alone',
      presignedGet: 'uploads alone',
      presignedPut: 'uploads alone',
      ...NO_FORM,
      ...NO_OLDER,
    },
    notes: { clock: 'told so, it corrects its clock by the answer, and is let in' },
  },
  minio: {
    version: '8.0.7',
    without: NO_OLDER,
    notes: { keys: 'minio itself refuses names with `.` and `..` as segments' },
  },
  aws4: { version: '1.13.2', without: { stream: 'signs bodies that are at hand', ...SIGNER } },
  aws4fetch: {
    version: '1.0.20',
    without: SIGNER,
    notes: { keys: '`fetch` takes `.` and `..` out of a path before it is signed' },
  },
} as const satisfies Record<string, ClientFacts>

/** Name of a client. */
export type ClientName = keyof typeof CLIENTS

/**
 * Signing and presigning: odd paths, queries, headers and every kind of body, and what is refused.
 *
 * @module
 */
import {
  createSigner,
  presignUrl,
  signRequest,
  type HttpRequest,
  type SignOptions,
  type SyncBody,
} from 'countersign'
import { createDsqlToken, createEksToken, createRdsToken } from 'countersign/tokens'
import { CREDENTIALS, DATE, now, TOKEN } from './inputs.ts'
import { outcomeOf, utf8 } from './output.ts'
import type { Case } from './suite.ts'

const GENERAL: SignOptions = {
  credentials: CREDENTIALS,
  service: 'execute-api',
  region: 'us-east-1',
  date: DATE,
}
const S3: SignOptions = { ...GENERAL, service: 's3' }
const ORIGIN = 'https://example.amazonaws.com'

const TARGETS = [
  '',
  '/',
  '/a%20b/%2F/%7E',
  '//a/./b/../c/',
  '/é/ሴ/€ 😀',
  '/100%',
  '/%FF/%c3%a9',
  "/@:$,;=&'()*+",
  '/lead//trail/',
  '/?acl',
  '/?=v&a=1&&b',
  '/?a=b=c==&__proto__=x&constructor=y',
  '/?10=a&9=b&1=c&a0=2&a[b]=1&a-b=3',
  '/?a=b+c&a=%2B&a=%FF&a=100%',
  '/?a=x@y:z,w;v&a=/x?y#fragment',
  '/\ud800',
]
const HEADERS: readonly (readonly [string, string])[][] = [
  [
    ['My-Header1', 'value2'],
    ['my-header1', 'value2'],
    ['MY-HEADER1', 'value1'],
  ],
  [['My-Header1', '  "a   b   c"  \t d ']],
  [
    ['x-a-b', '1'],
    ['x-a', '2'],
    ['x-a1', '3'],
    ['x-a_b', '4'],
    ['x-amz-meta-empty', ''],
  ],
  [['My-Header1', 'café']],
  [
    ['Content-Type', 'text/plain'],
    ['Connection', 'x-amz-meta-hop'],
    ['x-amz-meta-hop', '1'],
  ],
]
const BYTES = Uint8Array.from({ length: 300 }, (_, index) => index % 251)
const BODIES: readonly (readonly [string, SyncBody])[] = [
  ['text', 'Grüße, 😀'],
  ['bytes', BYTES],
  ['part of a buffer', BYTES.subarray(5, 105)],
  ['ArrayBuffer', BYTES.slice().buffer],
  ['Uint16Array', new Uint16Array([1, 2, 65_535])],
  ['DataView', new DataView(BYTES.buffer, 7, 19)],
  [
    'URLSearchParams',
    new URLSearchParams([
      ['a', 'b c'],
      ['a', 'é&'],
    ]),
  ],
  ['a large one', new Uint8Array(1_000_003).fill(7)],
]

/** Both kinds of service, signed and presigned. */
function both(request: HttpRequest<SyncBody>): () => Promise<unknown> {
  return () =>
    Promise.all(
      [GENERAL, S3].flatMap((options) => [
        outcomeOf(() => signRequest(request, { ...options, signHeaders: 'all' })),
        outcomeOf(() => presignUrl({ ...request, body: undefined }, { ...options, expiresIn: 60 })),
      ]),
    )
}

async function signWaiting(body: NonNullable<HttpRequest['body']>): Promise<unknown> {
  const signer = createSigner({
    ...S3,
    now,
    credentials: async () => ({ ...CREDENTIALS, sessionToken: TOKEN }),
  })
  const signed = await signer.sign({ method: 'PUT', url: `${ORIGIN}/key`, body })
  // The boundary of a form is another one each time.
  return { names: signed.headers.map(([name]) => name), scope: signed.scope, warnings: signed.warnings }
}

/** All of them. */
export function signingCases(): Case[] {
  return [
    ...TARGETS.map((target) => ({
      name: `sign ${JSON.stringify(target)}`,
      run: both({ method: 'GET', url: ORIGIN + target }),
    })),
    ...HEADERS.map((headers) => ({
      name: `sign headers ${JSON.stringify(headers)}`,
      run: both({ method: 'get', url: `${ORIGIN}/`, headers }),
    })),
    ...BODIES.map(([name, body]) => ({
      name: `sign a body: ${name}`,
      run: both({ method: 'POST', url: `${ORIGIN}/`, body }),
    })),
    {
      name: 'sign with temporary keys',
      run: () => {
        const options = { ...S3, credentials: { ...CREDENTIALS, sessionToken: TOKEN } }
        return [
          signRequest({ method: 'GET', url: ORIGIN }, options),
          presignUrl({ method: 'GET', url: ORIGIN }, options),
        ]
      },
    },
    {
      name: 'sign a Blob and a form, with a provider',
      run: async () => {
        const form = new FormData()
        form.append('file', new Blob([BYTES]), 'cat.png')
        return [await signWaiting(new Blob([utf8('hello')], { type: 'text/plain' })), await signWaiting(form)]
      },
    },
    {
      name: 'infer the service and region of a host',
      run: () =>
        Promise.all(
          [
            'b.s3.dualstack.eu-west-1.amazonaws.com',
            'bedrock-runtime.us-west-2.amazonaws.com',
            'id.lambda-url.eu-west-1.on.aws',
            'example.com',
          ].map((host) =>
            outcomeOf(() =>
              signRequest(
                { method: 'GET', url: `https://${host}/` },
                { credentials: CREDENTIALS, date: DATE },
              ),
            ),
          ),
        ),
    },
    {
      name: 'tokens',
      run: () => {
        const options = { credentials: CREDENTIALS, region: 'us-east-1', date: DATE }
        const hostname = 'shop.cluster-abc.us-east-1.rds.amazonaws.com'
        return [
          createRdsToken({ ...options, hostname, port: 5432, username: 'reports' }),
          createDsqlToken({ ...options, hostname: 'id.dsql.us-east-1.on.aws' }),
          createEksToken({ ...options, clusterName: 'shop' }),
        ]
      },
    },
  ]
}

/**
 * Rows M79 to M83: the host.
 *
 * @module
 */
import { changedOnTheWay, signedWith, withHeader, type ExplainRow } from '../row.ts'

const ALL = { log: 'proven', key: 'proven' } as const
const ON_THE_WAY = { log: 'proven', echo: 'proven', wire: 'proven' } as const
const GENERAL = { dialect: 'awsJson' } as const

/** The rows. */
export const HOST_ROWS: readonly ExplainRow[] = [
  {
    id: 'M79',
    input: 'a proxy that sends the name of its upstream as `Host`',
    expected: ON_THE_WAY,
    make: changedOnTheWay({ target: '/bucket/key' }, (sent) =>
      withHeader(sent, 'host', 'minio-1.internal.example'),
    ),
  },
  {
    id: 'M79',
    input: 'the same, at the server, which has the first name in `X-Forwarded-Host`',
    expected: { key: 'proven' },
    make: changedOnTheWay({ target: '/bucket/key' }, (sent) => ({
      ...withHeader(sent, 'host', 'minio-1.internal.example'),
      headers: [
        ...withHeader(sent, 'host', 'minio-1.internal.example').headers,
        ['x-forwarded-host', 'tenant-a.example.com'] as const,
      ],
    })),
  },
  {
    id: 'M80',
    input: '`Host: tenant-a.example.com:9000`, signed without its port',
    expected: ALL,
    make: signedWith(
      { target: '/bucket/key', headers: [['host', 'tenant-a.example.com:9000']] },
      { headers: (lines) => lines.map(([name, value]) => [name, value.replace(':9000', '')]) },
    ),
  },
  {
    id: 'M80',
    input: '`Host: tenant-a.example.com`, signed with `:443`',
    expected: ALL,
    make: signedWith(
      { target: '/bucket/key' },
      { headers: (lines) => lines.map(([name, value]) => [name, name === 'host' ? `${value}:443` : value]) },
    ),
  },
  {
    id: 'M81',
    input: 'signed for the custom domain `api.example.com`; API Gateway gets its own name',
    expected: ON_THE_WAY,
    make: changedOnTheWay(
      { service: 'execute-api', target: '/pets', headers: [['host', 'api.example.com']] },
      (sent) => withHeader(sent, 'host', 'abc123.execute-api.us-east-1.amazonaws.com'),
      GENERAL,
    ),
  },
  {
    id: 'M82',
    input: 'over HTTP/2, where a signer left the line of the host empty for want of a `Host` header',
    expected: ALL,
    also: ['M75'],
    make: async (known) => {
      const make = signedWith(
        { target: '/bucket/key' },
        { headers: (lines) => lines.map(([name, value]) => [name, name === 'host' ? '' : value]) },
      )
      const { evidence, options } = await make(known)
      const headers = evidence.request.headers.map(
        ([name, value]) => [name === 'host' ? ':authority' : name, value] as const,
      )
      return {
        evidence: { ...evidence, request: { ...evidence.request, headers } },
        ...(options && { options }),
      }
    },
  },
  {
    id: 'M83',
    input: 'signed for the bucket in the host, sent with the bucket in the path',
    expected: { ...ON_THE_WAY, key: 'proven' },
    make: changedOnTheWay(
      { target: '/photos/a.jpg', headers: [['host', 'bucket.s3.us-east-1.amazonaws.com']] },
      (sent) => ({
        ...withHeader(sent, 'host', 's3.us-east-1.amazonaws.com'),
        target: '/bucket/photos/a.jpg',
      }),
    ),
  },
]

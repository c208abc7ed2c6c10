/**
 * Rows M48 to M59: the query.
 *
 * @module
 */
import { changedOnTheWay, signedWith, withTarget, type ExplainRow } from '../row.ts'

const ALL = { log: 'proven', key: 'proven' } as const
const ON_THE_WAY = { log: 'proven', echo: 'proven', wire: 'proven' } as const
const GENERAL = { dialect: 'awsJson' } as const

function sortText(query: string, compare?: (a: string, b: string) => number): string {
  return query.split('&').toSorted(compare).join('&')
}

/** The rows. */
export const QUERY_ROWS: readonly ExplainRow[] = [
  {
    id: 'M48',
    input: '`?prefix=a%20b`, signed with `+` as a form would write it',
    expected: ALL,
    make: signedWith(
      { target: '/bucket?prefix=a%20b' },
      { query: (canonical) => canonical.replace('%20', '+') },
    ),
  },
  {
    id: 'M48',
    input: '`?q=a%20b`, made `+` by a proxy of a service that reads a plus there',
    expected: { ...ON_THE_WAY, key: 'proven' },
    make: changedOnTheWay(
      { service: 'execute-api', target: '/pets?q=a%20b' },
      (sent) => withTarget(sent, (target) => target.replace('%20', '+')),
      GENERAL,
    ),
  },
  {
    id: 'M49',
    input: '`?token=a+b` on the wire of S3, signed as a plus',
    expected: ALL,
    also: ['M48'],
    make: signedWith({ target: '/bucket?token=a+b' }, { query: () => 'token=a%2Bb' }),
  },
  {
    id: 'M49',
    input: '`?q=a%2Bb` signed with the plus bare',
    expected: ALL,
    also: ['M51'],
    make: signedWith({ service: 'execute-api', target: '/pets?q=a%2Bb' }, { query: () => 'q=a+b' }, GENERAL),
  },
  {
    id: 'M50',
    input: '`?q=a%3Db`, encoded again for the signature',
    expected: ALL,
    make: signedWith({ target: '/bucket?q=a%3Db' }, { query: () => 'q=a%253Db' }),
  },
  {
    id: 'M51',
    input: "`?q=it's(1)!*` through `encodeURIComponent`",
    expected: ALL,
    make: signedWith({ target: "/bucket?q=it's(1)!*" }, { query: (_, raw) => raw }),
  },
  {
    id: 'M51',
    input: '`?prefix=a/b`, its slash signed bare',
    expected: ALL,
    make: signedWith({ target: '/bucket?prefix=a/b&z=1' }, { query: (_, raw) => raw }),
  },
  {
    id: 'M52',
    input: '`?b=2&a=1` signed in the order of the wire',
    expected: ALL,
    make: signedWith({ target: '/bucket?b=2&a=1' }, { query: (_, raw) => raw }),
  },
  {
    id: 'M52',
    input: '`?a1=1&a=2` sorted as joined text',
    expected: ALL,
    make: signedWith({ target: '/bucket?a-b=1&a=2' }, { query: (canonical) => sortText(canonical) }),
  },
  {
    id: 'M52',
    input: '`?B=1&a=2` sorted without regard to case',
    expected: ALL,
    make: signedWith(
      { target: '/bucket?B=1&a=2' },
      { query: (canonical) => sortText(canonical, (x, y) => x.localeCompare(y)) },
    ),
  },
  {
    id: 'M53',
    input: '`?acl` signed without its `=`',
    expected: ALL,
    make: signedWith({ target: '/bucket?acl' }, { query: () => 'acl' }),
  },
  {
    id: 'M54',
    input: '`?tag=a&tag=b` put into a map, which keeps the last',
    expected: ALL,
    make: signedWith({ target: '/bucket?tag=a&tag=b' }, { query: () => 'tag=b' }),
  },
  {
    id: 'M54',
    input: '`?tag=a&tag=b`, joined to one value on the way',
    expected: ON_THE_WAY,
    make: changedOnTheWay({ target: '/bucket?tag=a&tag=b' }, (sent) =>
      withTarget(sent, () => '/bucket?tag=a,b'),
    ),
  },
  {
    id: 'M55',
    input: '`?a=1&&b=2` with the empty pair signed',
    expected: ALL,
    make: signedWith({ target: '/bucket?a=1&&b=2' }, { query: () => '=&a=1&b=2' }),
  },
  {
    id: 'M55',
    input: '`?q=a;b` split at the semicolon',
    expected: ALL,
    make: signedWith({ target: '/bucket?q=a;b=1' }, { query: () => 'b=1&q=a' }),
  },
  {
    id: 'M56',
    input: 'a cache buster `&_=1700000000` added after signing',
    expected: { ...ON_THE_WAY, key: 'proven' },
    make: changedOnTheWay({ target: '/bucket?list-type=2' }, (sent) =>
      withTarget(sent, (target) => `${target}&_=1700000000`),
    ),
  },
  {
    id: 'M57',
    input: '`?cursor=YWJj==`, cut at its second `=`',
    expected: ALL,
    make: signedWith({ target: '/bucket?cursor=YWJj==&z=1' }, { query: () => 'cursor=YWJj&z=1' }),
  },
  {
    id: 'M58',
    input: '`?user={{user}}` signed before its variable had a value',
    expected: { log: 'proven' },
    make: signedWith({ target: '/bucket?user=alice' }, { query: () => 'user=%7B%7Buser%7D%7D' }),
  },
  {
    id: 'M59',
    input: '`?q=%FF` decoded as text, which made it U+FFFD',
    expected: ALL,
    make: signedWith({ target: '/bucket?q=%FF' }, { query: () => 'q=%EF%BF%BD' }),
  },
]

/**
 * Rows M16 to M22 and M86c: clocks and dates.
 *
 * @module
 */
import type { ObservedRequest } from '../../../packages/countersign/src/explain/index.ts'
import { changedOnTheWay, told, withHeader, type ExplainRow } from '../row.ts'
import { refuse } from '../verifier.ts'
import { NOW, signWrongly } from '../wrong-signer.ts'

const { request } = signWrongly({ target: '/key' })

/** The server's clock, so many seconds ahead of the request's date. */
function later(seconds: number): Date {
  return new Date(NOW.getTime() + seconds * 1000)
}

/** The request with another date, or another day in its scope. */
function withDate(date: string, day = '20261122'): ObservedRequest {
  const headers = request.headers.map(
    ([name, value]) =>
      [name, name === 'x-amz-date' ? date : value.replace('/20261122/', `/${day}/`)] as const,
  )
  return { ...request, headers }
}

/** The rows. */
export const TIME_ROWS: readonly ExplainRow[] = [
  {
    id: 'M16',
    input: 'a clock that is 1 h 5 min slow',
    expected: { answer: 'stated' },
    make: async () => told(request, await refuse(request, { now: later(3920) })),
  },
  {
    id: 'M17',
    input: 'a clock that is 1 h 5 min fast',
    expected: { answer: 'stated' },
    make: async () => told(request, await refuse(request, { now: later(-3920) })),
  },
  {
    id: 'M18',
    input: 'local time, two hours behind UTC, written as UTC, by a clock that is right',
    expected: { answer: 'likely' },
    make: async () => {
      const now = later(2 * 3600 + 20)
      return { ...(await told(request, await refuse(request, { now }))), options: { now } }
    },
  },
  {
    id: 'M19',
    input: 'a signature of 16 minutes ago, sent again, by a clock that is right',
    expected: { answer: 'likely' },
    make: async () => {
      const now = later(1000)
      return { ...(await told(request, await refuse(request, { now }))), options: { now } }
    },
  },
  {
    id: 'M20',
    input: 'the day before in the scope',
    expected: { answer: 'stated' },
    make: async () => {
      const wrong = withDate('20261122T120000Z', '20261121')
      return told(wrong, await refuse(wrong))
    },
  },
  {
    id: 'M21',
    input: '`x-amz-date: 2026-11-22T12:00:00Z`',
    expected: { answer: 'stated' },
    make: async () => {
      const wrong = withDate('2026-11-22T12:00:00Z')
      return told(wrong, await refuse(wrong))
    },
  },
  {
    id: 'M22',
    input: 'a signed `date` that a proxy wrote anew, a second later',
    expected: { log: 'proven', wire: 'proven' },
    make: changedOnTheWay({ target: '/key', headers: [['date', 'Sun, 22 Nov 2026 12:00:00 GMT']] }, (sent) =>
      withHeader(sent, 'date', 'Sun, 22 Nov 2026 12:00:01 GMT'),
    ),
  },
  {
    id: 'M86c',
    input: 'a server whose clock is wrong, behind a front whose clock is right',
    expected: { answer: 'likely' },
    make: async () => told(request, await refuse(request, { now: later(4000), date: NOW })),
  },
]

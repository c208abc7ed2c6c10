import { describe, expect, it } from 'vitest'
import { KEY_ID, SECRET, sha256, signWrongly, type Mistake } from '../../../../test/explain/wrong-signer.ts'
import { explainRefusal } from './index.ts'

const credentials = { accessKeyId: KEY_ID, secretAccessKey: SECRET }

const REQUEST = {
  method: 'POST',
  target: '/bucket/a@b/c%20d?b=1&a=x%20y&acl',
  headers: [
    ['x-amz-meta-a', 'a  b'],
    ['accept-encoding', 'gzip'],
  ],
  body: '{"a":1}\n',
} as const

function setting(wanted: string, text: string): NonNullable<Mistake['headers']> {
  return (lines) => lines.map(([name, value]) => [name, name === wanted ? text : value])
}

const MISTAKES: readonly (readonly [code: string, mistake: Mistake])[] = [
  ['path-reserved-bare', { path: (_, raw) => raw }],
  ['query-sort', { query: (canonical) => canonical.split('&').toReversed().join('&') }],
  ['whitespace', { headers: setting('x-amz-meta-a', 'a  b') }],
  ['accept-encoding', { headers: setting('accept-encoding', 'identity') }],
  ['body-changed', { payloadHash: () => sha256('{"a":1}') }],
  ['missing-blank-line', { text: (text) => `${text}\n` }],
]
const PAIRS = MISTAKES.flatMap(([code, mistake], i) =>
  MISTAKES.slice(i + 1)
    .filter(([, other]) => !(mistake.headers && other.headers))
    .map(([otherCode, other]) => [code, otherCode, { ...mistake, ...other }] as const),
)

describe('the search with a key', () => {
  it.each(PAIRS)('proves %s and %s at once', (code, other, mistake) => {
    const { request } = signWrongly(REQUEST, mistake)
    const { verdicts } = explainRefusal({ request }, { credentials })
    expect(new Set(verdicts.map((verdict) => `${verdict.code} ${verdict.grade}`))).toEqual(
      new Set([`${code} proven`, `${other} proven`]),
    )
  })

  it('stops at its limit', () => {
    const { request } = signWrongly(REQUEST, { secret: () => 'another secret' })
    const { verdicts, searched } = explainRefusal({ request }, { credentials, limits: { candidates: 100 } })
    expect(verdicts).toEqual([])
    expect(searched).toBe(100)
  })

  it('says that the signature is right where it is, and lists what it ruled out where it found nothing', () => {
    const right = explainRefusal({ request: signWrongly(REQUEST).request }, { credentials })
    expect(right.isSignatureRight).toBe(true)
    const { request } = signWrongly(REQUEST, { secret: () => 'another secret' })
    const wrong = explainRefusal({ request }, { credentials, limits: { candidates: 500 } })
    expect(wrong.isSignatureRight).toBe(false)
    expect(wrong.ruledOut).toContain('path-reserved-bare')
    expect(explainRefusal({ request }).isSignatureRight).toBeUndefined()
  })
})

/** How long the search takes: a person waits for it. */
import { expect, it } from 'vitest'
import { KEY_ID, signWrongly } from '../../../../test/explain/wrong-signer.ts'
import { sigV4A } from '../sigv4a.ts'
import { explainRefusal } from './index.ts'

it('tries 2,000 canonical requests in well under 200 ms', () => {
  const { request } = signWrongly({
    method: 'POST',
    target: '/bucket/a%20b/c@d//e?x=1&y=a%20b&z=%2F&tag=a&tag=b',
    headers: [
      ['content-type', 'application/json'],
      ['x-amz-meta-a', 'a  b'],
      ['accept-encoding', 'identity'],
    ],
    body: JSON.stringify({ a: 1, b: [1, 2, 3] }),
  })
  const credentials = { accessKeyId: KEY_ID, secretAccessKey: 'another secret than that' }
  const times = Array.from({ length: 10 }, () => {
    const start = performance.now()
    const { searched } = explainRefusal({ request }, { credentials, limits: { candidates: 2000 } })
    expect(searched).toBe(2000)
    return performance.now() - start
  })
  expect(Math.min(...times)).toBeLessThan(100)
})

it('tries all that it tries of SigV4A in well under a second', () => {
  const { request } = signWrongly({ target: '/bucket/a%20b/c@d?x=1&y=a%20b', regionSet: '*' })
  const credentials = { accessKeyId: KEY_ID, secretAccessKey: 'another secret than that' }
  const start = performance.now()
  const { searched } = explainRefusal({ request }, { credentials, algorithms: [sigV4A] })
  expect(searched).toBe(4000)
  expect(performance.now() - start).toBeLessThan(1000)
})

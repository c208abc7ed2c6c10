/**
 * The drawing of `docs/how-it-works.md` shows what the library computes, line by line: whatever is set in code on it.
 */
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { signRequest } from '../../packages/countersign/src/index.ts'
import { CREDENTIALS } from './stand-in.ts'

const file = fileURLToPath(new URL('../../docs/how-it-works.svg', import.meta.url))
const TEXT = /<text [^>]*class="code[^>]*>([^<]*)</g

it('draws what is computed', () => {
  const lines = [...readFileSync(file, 'utf8').matchAll(TEXT)].map(([, text = '']) =>
    text.replaceAll('&amp;', '&').trim(),
  )
  const signed = signRequest(
    {
      method: 'POST',
      url: 'https://shop.execute-api.eu-west-1.amazonaws.com/orders/green%20tea?dry-run&a=1',
      headers: { 'content-type': 'application/json' },
      body: '{"cups":2}',
    },
    { credentials: CREDENTIALS, date: new Date('2026-11-22T12:34:56Z') },
  )
  const headers = new Map(signed.headers)
  const sent = ['host', 'content-type', 'x-amz-date'].map((name) => `${name}: ${headers.get(name)}`)
  const { pathname, search } = new URL(signed.url)

  expect(lines).toEqual([
    'POST',
    pathname,
    search,
    ...sent,
    '{"cups":2}',
    ...signed.canonicalRequest.split('\n').filter((line) => line !== ''),
    ...signed.stringToSign.split('\n'),
    'AWS4 + the secret access key',
    ...ladder(['20261122', 'eu-west-1', 'execute-api', 'aws4_request']),
    ...`authorization: ${headers.get('authorization')}`.replaceAll(/, /g, ',\n').split('\n'),
  ])
})

/** Each rung with the beginning of the key that it makes. */
function ladder(rungs: readonly string[]): string[] {
  let key: Buffer = Buffer.from(`AWS4${CREDENTIALS.secretAccessKey}`)
  return rungs.flatMap((rung) => {
    key = createHmac('sha256', key).update(rung).digest()
    return [rung, `${key.toString('hex').slice(0, 12)}…`]
  })
}

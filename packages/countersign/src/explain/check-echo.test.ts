import { describe, expect, it } from 'vitest'
import { refusalOf, type Dialect } from '../../../../test/explain/server.ts'
import { signWrongly } from '../../../../test/explain/wrong-signer.ts'
import { checkEcho, type CheckedEcho } from './check-echo.ts'

const { request } = signWrongly(
  { target: '/photos/a%20b?list-type=2', headers: [['x-amz-meta-note', '<a href="x">&\'']] },
  { path: () => '/wrong' },
)

async function documentIn(dialect: Dialect, target = request.target): Promise<string> {
  const answer = await refusalOf({ ...request, target }, { dialect })
  return Buffer.from(answer?.body ?? []).toString()
}

function check(document: string): CheckedEcho {
  return checkEcho({ status: 403, headers: [], body: Buffer.from(document) })
}

/** The document without the bytes in hex, as most people copy it. */
function withoutBytes(document: string): string {
  return document.replace(/<(\w+Bytes)>[^<]*<\/\1>/g, '')
}

describe('checkEcho', () => {
  it.each<Dialect>(['s3Xml', 'queryXml', 'awsJson'])('takes what %s has for sound', async (dialect) => {
    const { state, canonicalRequest } = check(await documentIn(dialect))
    expect(state).toBe('sound')
    expect(canonicalRequest).toMatch(/^GET\n.*\nlist-type=2\nhost:.*x-amz-meta-note:<a href="x">&'\n/s)
  })

  const damages: readonly (readonly [name: string, damage: (document: string) => string])[] = [
    ['line ends that became CRLF', (document) => document.replaceAll('\n', '\r\n')],
    ['lines that were indented', (document) => document.replaceAll('\n', '\n    ')],
    ['empty lines that were lost', (document) => document.replaceAll('\n\n', '\n')],
    ['entities that were escaped once more', (document) => document.replaceAll(/&(?=\w+;)/g, '&amp;')],
    ['line ends that stand as \\n', (document) => document.replaceAll('\n', '\\n')],
    ['blanks around the texts', (document) => document.replaceAll(/<(\w+)>([^<]+)<\//g, '<$1>\n  $2\n </')],
    ['an end that was cut off', (document) => document.replace(/<RequestId>[^]*$/, '')],
    ['a head that was cut off', (document) => document.slice(document.indexOf('<StringToSign>'))],
  ]

  it.each(damages)('mends %s', async (_, damage) => {
    const sound = check(await documentIn('s3Xml'))
    const mended = check(damage(withoutBytes(await documentIn('s3Xml'))))
    expect(['sound', 'repaired']).toContain(mended.state)
    expect(mended.canonicalRequest).toBe(sound.canonicalRequest)
    expect(mended.stringToSign).toBe(sound.stringToSign)
  })

  it('mends the message of a JSON service that was copied out of its JSON', async () => {
    const document = await documentIn('awsJson')
    const mended = check(document.replace(/^\{|\}$/g, ''))
    expect(mended.state).toBe('repaired')
    expect(mended.canonicalRequest).toBe(check(document).canonicalRequest)
  })

  it('takes the bytes in hex where the text is beyond repair', async () => {
    const document = await documentIn('s3Xml')
    const spoilt = document.replace(/(<CanonicalRequest>)[^<]*/, '$1…')
    expect(check(spoilt).state).toBe('sound')
  })

  it('concludes nothing from a text that was altered', async () => {
    const document = withoutBytes(await documentIn('s3Xml')).replace('list-type=2', 'list-type=3')
    expect(check(document).state).toBe('damaged')
  })

  it('tells a half and nothing apart', async () => {
    const document = withoutBytes(await documentIn('s3Xml'))
    expect(check(document.replace(/<CanonicalRequest>[^<]*<\/CanonicalRequest>/, '')).state).toBe('partial')
    expect(check('<Error><Code>AccessDenied</Code></Error>').state).toBe('none')
    expect(checkEcho(undefined).state).toBe('none')
  })
})

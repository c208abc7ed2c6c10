import { describe, expect, it } from 'vitest'
import { presignedBy, withTarget } from '../../../../test/explain/row.ts'
import { refusalOf } from '../../../../test/explain/server.ts'
import { KEY_ID, SECRET, signWrongly } from '../../../../test/explain/wrong-signer.ts'
import { explainRefusal } from './index.ts'

const credentials = { accessKeyId: KEY_ID, secretAccessKey: SECRET }

describe('explainRefusal', () => {
  const bare = signWrongly({ target: '/photos/a@b.txt' }, { path: (_, raw) => raw })

  it('proves a cause by what was signed and what the server computed, without a key', async () => {
    const { request, canonicalRequest } = bare
    const answer = await refusalOf(request)
    const { verdicts, searched, echo } = explainRefusal({ request, answer, signed: { canonicalRequest } })
    expect(verdicts).toEqual([
      expect.objectContaining({
        id: 'M37',
        code: 'path-reserved-bare',
        grade: 'proven',
        line: { field: 'path', ours: '/photos/a@b.txt', theirs: '/photos/a%40b.txt' },
        correction: { target: '/photos/a%40b.txt' },
      }),
    ])
    expect(searched).toBe(0)
    expect(echo.state).toBe('sound')
  })

  it('proves it with the key alone, from an answer that echoes nothing', async () => {
    const { request } = bare
    const answer = await refusalOf(request, { isEchoed: false })
    const { verdicts, echo } = explainRefusal({ request, answer }, { credentials })
    expect(verdicts).toMatchObject([{ code: 'path-reserved-bare', grade: 'proven' }])
    expect(echo.state).toBe('none')
  })

  it.each<readonly [told: string, date: string, left: RegExp]>([
    ['another signature', '20261122T120000Z', /^$/],
    ['another date', '20261122T120001Z', /<SignatureProvided>.*?<.SignatureProvided>/],
  ])('proves nothing by the answer to another request, with %s', async (_, date, left) => {
    const answer = await refusalOf(bare.request)
    const document = new TextDecoder().decode(answer?.body).replace(left, '')
    const { request } = signWrongly({ target: '/other' })
    const headers = request.headers.map(([name, value]): [string, string] => [
      name,
      name === 'x-amz-date' ? date : value,
    ])
    const { verdicts, echo } = explainRefusal({
      request: { ...request, headers },
      answer: { status: 403, headers: [], body: new TextEncoder().encode(document) },
    })
    expect(echo.state).toBe('foreign')
    expect(verdicts.filter(({ grade }) => grade === 'proven' || grade === 'stated')).toEqual([])
  })

  it('proves nothing about a request that was signed right', async () => {
    const { request, canonicalRequest } = signWrongly({ target: '/a%20b?x=1' })
    expect(await refusalOf(request)).toBeUndefined()
    const signed = { canonicalRequest }
    expect(explainRefusal({ request, signed }, { credentials }).verdicts).toEqual([])
  })
})

describe('a presigned URL', () => {
  const presigned = presignedBy()

  it.each([
    ['whose path got a slash at its end', (target: string) => target.replace('?', '/?'), 'path-empty'],
    ['that a cache buster was added to', (target: string) => `${target}&_=1`, 'query-added'],
  ])('%s is explained by the key, and by what the server computed', async (_, change, code) => {
    const request = withTarget(presigned, change)
    const answer = await refusalOf(request)
    const silent = await refusalOf(request, { isEchoed: false })
    const told = [
      explainRefusal({ request, answer: silent }, { credentials }),
      explainRefusal({ request: presigned, answer }),
      explainRefusal({ request: presigned, wire: request, answer: silent }, { credentials }),
    ]
    for (const { verdicts } of told) expect(verdicts).toMatchObject([{ code, grade: 'proven' }])
  })
})

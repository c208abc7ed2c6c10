/** The answer to an upload, as its form asks for it. */
import { describe, expect, it } from 'vitest'
import { buildPostResponse } from './post-response.ts'

const STORED = { etag: '"0123abcd"', location: 'https://uploads.s3.amazonaws.com/a%20b' }

function answer(fields: Readonly<Record<string, string>>, key = 'a b'): ReturnType<typeof buildPostResponse> {
  return buildPostResponse({ bucket: 'uploads', key, fields: new Map(Object.entries(fields)) }, STORED)
}

describe('buildPostResponse', () => {
  it.each(['204', '404', '', '0200', '201 ', 'abc'])('success_action_status %j is 204', (status) => {
    expect(answer({ success_action_status: status })).toEqual(answer({}))
    expect(answer({})).toEqual({
      status: 204,
      headers: [
        ['etag', STORED.etag],
        ['location', STORED.location],
      ],
      body: '',
    })
  })

  it('200 is 200, without a body', () => {
    expect(answer({ success_action_status: '200' })).toMatchObject({ status: 200, body: '' })
  })

  it('201 is 201, with a document', () => {
    const { status, headers, body } = answer({ success_action_status: '201' }, '<&"')
    expect([status, new Map(headers).get('content-type')]).toEqual([201, 'application/xml'])
    expect(body).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse><Location>https://uploads.s3.amazonaws.com/a%20b</Location><Bucket>uploads</Bucket><Key>&lt;&amp;&quot;</Key><ETag>&quot;0123abcd&quot;</ETag></PostResponse>',
    )
  })

  it.each([
    ['https://example.com/done', 'https://example.com/done?'],
    ['https://example.com/done?a=b#part', 'https://example.com/done?a=b&'],
    ['HTTP://Example.com', 'http://example.com/?'],
  ])('a redirect to %s wins over a status', (redirect, begin) => {
    const { status, headers } = answer(
      { success_action_redirect: redirect, success_action_status: '201' },
      'é&/b',
    )
    expect(status).toBe(303)
    expect(new Map(headers).get('location')).toBe(
      `${begin}bucket=uploads&key=%C3%A9%26%2Fb&etag=%220123abcd%22`,
    )
  })

  it('the older name of the redirect works too', () => {
    expect(answer({ redirect: 'https://example.com' }).status).toBe(303)
  })

  it.each([
    'done',
    '/done',
    '//example.com',
    'javascript:alert(1)',
    'data:,x',
    'https://',
    'https://exa mple',
  ])('a redirect to %s is none', (redirect) => {
    expect(answer({ success_action_redirect: redirect }).status).toBe(204)
  })

  it('no header can be added through a redirect', () => {
    const { headers } = answer({ success_action_redirect: 'https://example.com/\r\nSet-Cookie: a=b' })
    for (const [, value] of headers) expect(value).not.toMatch(/[\r\n]/)
  })
})

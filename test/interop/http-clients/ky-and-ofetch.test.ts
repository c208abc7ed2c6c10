/** What ky and ofetch do in a way of their own. The trials are the rest. */
import ky from 'ky'
import { ofetch } from 'ofetch'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { KEY, REGION, startTrialServer, type TrialServer } from '../../kit/trial-server.ts'
import { createSigner } from '../../../packages/countersign/src/index.ts'
import { createSignedKy } from '../../../packages/countersign/src/adapters/ky.ts'
import { createSignedOfetch } from '../../../packages/countersign/src/adapters/ofetch.ts'

const signer = createSigner({ credentials: KEY, service: 'execute-api', region: REGION })
const options = { maxDelay: 0.02 }
let api: TrialServer
beforeAll(async () => {
  api = await startTrialServer()
})
afterAll(async () => api.close())
beforeEach(() => {
  api.take()
  api.takeRefused()
})

describe('ky', () => {
  const signed = createSignedKy(ky, signer, options)

  it('has its methods, its JSON and its parameters', async () => {
    const prefixed = signed.extend({ prefixUrl: `${api.origin}/base`, headers: { 'x-amz-meta-a': 'b' } })
    await prefixed.post('notes', { json: { a: 'é' }, searchParams: { q: "a b+c&'(" } }).text()
    await prefixed.create({ prefixUrl: api.origin }).get('made').text()
    expect(api.take()).toMatchObject([
      { method: 'POST', headers: { 'x-amz-meta-a': ['b'], 'content-type': ['application/json'] } },
      { method: 'GET', target: '/made' },
    ])
    expect(api.takeRefused()).toEqual([])
  })

  it('signs what ky itself sends again', async () => {
    const retried = createSignedKy(ky, signer, { retries: 0 }).extend({
      retry: { limit: 2, methods: ['put'], delay: () => 1 },
    })
    const text = await retried.put(`${api.origin}/fail/503/2`, { body: 'text' }).text()
    expect(text).toContain('/fail/503/2')
    expect(api.take()).toHaveLength(3)
    expect(api.takeRefused()).toEqual([])
  })

  it.each(['a/../b', '../up', 'a/./b', 'a/%2E%2e/b', 'a\\b', '..', 'a/\tb'])(
    'refuses %j, which ky would change',
    async (input) => {
      const prefixed = signed.extend({ prefixUrl: `${api.origin}/base` })
      const whole = `${api.origin}/base/${input}`
      const calls = [prefixed(input).text(), prefixed.put(input), signed(whole), signed.get(whole).text()]
      for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'TRANSPORT_WOULD_ALTER' })
      expect([api.take(), api.takeRefused()]).toEqual([[], []])
    },
  )

  it.each(['a b', 'é', 'a%2Fb', "!'()*|^", '100%', 'a?x=../..#/../', '...', 'a/.../b'])(
    'takes %j',
    async (input) => {
      await signed.get(`${api.origin}/${input}`).text()
      expect(api.takeRefused()).toEqual([])
    },
  )

  it('sends nothing past the signer', async () => {
    const past = signed.get(api.origin, { fetch }).json()
    await expect(past).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    await signed.extend({ fetch }).get(`${api.origin}/extended`).text()
    await signed.create({ fetch }).get(`${api.origin}/created`).text()
    expect(api.take().map(({ target }) => target)).toEqual(['/extended', '/created'])
    expect(api.takeRefused()).toEqual([])
  })

  it('keeps the hooks of others', async () => {
    const seen: unknown[] = []
    const hooked = signed.extend({
      hooks: { beforeError: [(error) => (seen.push(error.cause), error)] },
    })
    await expect(hooked.get(`${api.origin}/error/404`)).rejects.toMatchObject({ name: 'HTTPError' })
    expect(seen).toMatchObject([{ name: 'AwsError', code: 'NotFoundException' }])
  })
})

describe('ofetch', () => {
  const signed = createSignedOfetch(ofetch, signer, options)

  it('has its JSON, its parameters and its defaults', async () => {
    const based = signed.create({ baseURL: `${api.origin}/base`, headers: { 'x-amz-meta-a': 'b' } })
    await based('/notes', { method: 'POST', body: { a: 'é' }, query: { q: "a b+c&'(" } })
    await based.raw('/made')
    expect(api.take()).toMatchObject([
      { method: 'POST', headers: { 'x-amz-meta-a': ['b'], 'content-type': ['application/json'] } },
      { method: 'GET', target: '/base/made' },
    ])
    expect(api.takeRefused()).toEqual([])
  })

  it('signs what ofetch itself sends again', async () => {
    const retried = createSignedOfetch(ofetch, signer, { retries: 0 })
    await retried(`${api.origin}/fail/503/2`, { method: 'PUT', body: 'text', retry: 2 })
    expect(api.take()).toHaveLength(3)
    expect(api.takeRefused()).toEqual([])
  })

  it('sends nothing past the signer', async () => {
    await signed.create({}, { fetch })(`${api.origin}/created`)
    await signed.native(`${api.origin}/native`)
    expect(api.take()).toHaveLength(2)
    expect(api.takeRefused()).toEqual([])
  })

  it('attaches the error beside the hooks of others', async () => {
    const onResponseError = (): void => undefined
    await expect(signed(`${api.origin}/error/404`, { onResponseError })).rejects.toMatchObject({
      name: 'FetchError',
      cause: { name: 'AwsError', code: 'NotFoundException' },
    })
  })
})

/** Forms over real sockets, as browsers and scripts send them, and what a server makes of them. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { VerificationError } from '../../errors.ts'
import { SigningKey } from '../../index.ts'
import {
  buildPostResponse,
  createPostVerifier,
  explainPost,
  presignPost,
  sigV2Post,
  sigV4Post,
  type PostForm,
  type PostVerifierOptions,
  type PresignedPost,
} from '../../post.ts'
import { s3Xml } from '../index.ts'

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET }
const date = new Date('2026-11-22T11:55:00Z')
const rules: PostVerifierOptions<string> = {
  secrets: (id) => (id === 'AKIDEXAMPLE' ? { secretAccessKey: SECRET, principal: 'eric' } : undefined),
  region: 'us-east-1',
  now: () => date,
}

let server: Server | undefined
let stored = new Map<string, string>()

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

/** A store of objects; the bucket is the first part of the path. */
async function startStore(options: Partial<PostVerifierOptions<string>> = {}): Promise<string> {
  const verifier = createPostVerifier({ ...rules, ...options })
  stored = new Map()
  server = createServer((request, response) => {
    const { method = '', url: target = '', rawHeaders } = request
    const headers = rawHeaders.flatMap((name, i) => (i % 2 ? [] : [[name, rawHeaders[i + 1] ?? ''] as const]))
    const store = async (): Promise<{ status: number; headers: [string, string][]; body: string }> => {
      const post = await verifier.verify({ method, target, headers, body: request, bucket: target.slice(1) })
      const pieces: Uint8Array[] = []
      for await (const piece of post.file) pieces.push(piece)
      stored.set(`${post.bucket}/${post.key}`, Buffer.concat(pieces).toString())
      return buildPostResponse(post, { etag: '"e"', location: `/${post.bucket}/${post.key}` })
    }
    void store()
      .catch((error: unknown) => {
        if (!(error instanceof VerificationError)) throw error
        return s3Xml(error)
      })
      .then((answer) => response.writeHead(answer.status, answer.headers.flat()).end(answer.body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/uploads`
}

function sign(url: string, form: Partial<PostForm> = {}, algorithm = sigV4Post): PresignedPost {
  const whole = { url, bucket: 'uploads', keyStartsWith: 'user/eric/', ...form }
  return presignPost(whole, { credentials, date, region: 'us-east-1', algorithm })
}

async function submit({ url, fields }: PresignedPost, content: string, name = 'a.txt'): Promise<Response> {
  const form = new FormData()
  for (const [field, value] of fields) form.append(field, value)
  form.append('file', new Blob([content]), name)
  form.append('submit', 'Upload')
  return fetch(url, { method: 'POST', body: form, redirect: 'manual' })
}

describe('over a socket', () => {
  it('a form is stored under the name of its file, and answered as it asks', async () => {
    const url = await startStore()
    const answer = await submit(
      sign(url, { fields: { success_action_status: '201' } }),
      'hello',
      'my file.txt',
    )
    expect([answer.status, answer.headers.get('etag')]).toEqual([201, '"e"'])
    expect(await answer.text()).toContain('<Key>user/eric/my file.txt</Key>')
    expect([...stored]).toEqual([['uploads/user/eric/my file.txt', 'hello']])
  })

  it('a large file passes through', async () => {
    const url = await startStore()
    const content = '\r\n--'.repeat(500_000)
    const answer = await submit(sign(url, { conditions: [['content-length-range', 0, 2_000_000]] }), content)
    expect(answer.status).toBe(204)
    expect(stored.get('uploads/user/eric/a.txt') === content).toBe(true)
  })

  it('a refusal reaches the client', async () => {
    const url = await startStore()
    const wrong = sign(url, { conditions: [['content-length-range', 0, 4]] })
    const tooLarge = await submit(wrong, 'hello')
    expect([tooLarge.status, await tooLarge.text()]).toEqual([400, expect.stringContaining('EntityTooLarge')])
    const other = await submit(sign(url, { bucket: 'other' }), 'hello')
    expect([other.status, await other.text()]).toEqual([
      403,
      expect.stringContaining('Policy Condition failed'),
    ])
    expect(stored.size).toBe(0)
  })

  it('forms of old, where they are taken', async () => {
    const url = await startStore()
    const refused = await submit(sign(url, {}, sigV2Post), 'hello')
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('InvalidRequest')])
    server?.close()
    const both = await startStore({ algorithms: [sigV4Post, sigV2Post] })
    expect((await submit(sign(both, {}, sigV2Post), 'hello')).status).toBe(204)
    expect((await submit(sign(both), 'hello')).status).toBe(204)
  })

  it('a form that is no form', async () => {
    const url = await startStore()
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ key: 'a' }) })
    expect(answer.status).toBe(412)
  })
})

describe('keys', () => {
  const form = { bucket: 'uploads', fields: sign('https://s3.amazonaws.com/uploads').fields, size: 1 }

  async function verifyWith(options: Partial<PostVerifierOptions<string>>, given = form): Promise<unknown> {
    return createPostVerifier({ ...rules, ...options }).verifyForm(given)
  }

  it('are looked up with the claim of the form', async () => {
    const asked: unknown[] = []
    const secrets = (...claim: unknown[]): undefined => void asked.push(claim)
    await expect(verifyWith({ secrets })).rejects.toMatchObject({ code: 'KEY_UNKNOWN' })
    const old = { ...form, fields: sign('https://s3.amazonaws.com/uploads', {}, sigV2Post).fields }
    const both = { secrets, algorithms: [sigV2Post, sigV4Post] }
    await expect(verifyWith(both, old)).rejects.toMatchObject({ code: 'KEY_UNKNOWN' })
    expect(asked).toEqual([
      [
        'AKIDEXAMPLE',
        { algorithm: 'AWS4-HMAC-SHA256', date: '20261122', region: 'us-east-1', service: 's3' },
      ],
      ['AKIDEXAMPLE', { algorithm: 'HMAC-SHA1', date: '00000000', service: 's3' }],
    ])
  })

  it('may be given later, be several, be derived, and die', async () => {
    await expect(verifyWith({ secrets: async () => ({ secretAccessKey: SECRET }) })).resolves.toBeDefined()
    await expect(
      verifyWith({ secrets: () => ({ secretAccessKey: ['new', SECRET] }) }),
    ).resolves.toMatchObject({
      warnings: ['OLDER_SECRET_USED'],
    })
    const signingKey = SigningKey.derive(SECRET, { date, region: 'us-east-1', service: 's3' })
    await expect(verifyWith({ secrets: () => ({ signingKey }) })).resolves.toBeDefined()
    const nextDay = { now: () => new Date('2026-11-23T00:00:00Z') }
    const long = sign('https://s3.amazonaws.com/uploads', { expiresIn: 86_400 })
    const later = { ...form, fields: long.fields }
    await expect(verifyWith(nextDay, later)).resolves.toBeDefined()
    await expect(verifyWith({ ...nextDay, secrets: () => ({ signingKey }) }, later)).rejects.toMatchObject({
      code: 'EXPIRED',
    })
    const dead = { secrets: () => ({ secretAccessKey: SECRET, notAfter: new Date(0) }) }
    await expect(verifyWith(dead)).rejects.toMatchObject({ code: 'KEY_EXPIRED' })
  })

  it('whose look-up fails let nobody in', async () => {
    const secrets = (): never => {
      throw new Error('the database is down')
    }
    await expect(verifyWith({ secrets })).rejects.toThrow('the database is down')
  })

  it('are good until the policy ends, and not a second longer', async () => {
    const end = new Date('2026-11-22T12:55:00Z')
    await expect(verifyWith({ now: () => end })).resolves.toBeDefined()
    const after = new Date(end.getTime() + 1)
    await expect(verifyWith({ now: () => after })).rejects.toMatchObject({
      code: 'POLICY_EXPIRED',
      status: 403,
    })
  })

  it.each([
    ['a region', { region: '' }],
    ['a number as its longest file', { maxBytes: NaN }],
    ['numbers as its limits', { limits: { policyBytes: NaN } }],
  ])('a verifier needs %s', (_, wrong) => {
    expect(() => createPostVerifier({ ...rules, ...wrong })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
  })
})

describe('limits', () => {
  it('of the policy and of the form', async () => {
    const form = sign('https://s3.amazonaws.com/uploads', { fields: { 'x-amz-meta-a': 'x'.repeat(20_000) } })
    const parsed = { bucket: 'uploads', fields: form.fields, size: 1 }
    await expect(createPostVerifier(rules).verifyForm(parsed)).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
    })
    const wide = createPostVerifier({ ...rules, limits: { policyBytes: 100_000 } })
    await expect(wide.verifyForm(parsed)).resolves.toBeDefined()
    const url = await startStore({ limits: { formBytes: 1000 } })
    const answer = await submit(sign(url), 'hello')
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining('MaxPostPreDataLength'),
    ])
  })
})

describe('explainPost', () => {
  const signed = sign('https://s3.amazonaws.com/uploads', {
    conditions: [
      ['content-length-range', 1, 10],
      ['starts-with', '$Content-Type', 'image/'],
    ],
  })

  it('tells all that does not hold', () => {
    const fields = [...signed.fields, ['acl', 'public-read'], ['content-type', 'text/html']] as [
      string,
      string,
    ][]
    const findings = explainPost({
      bucket: 'other',
      fields,
      filename: 'f',
      size: 11,
      date: new Date('2027-01-01'),
    })
    expect(findings.map(({ code }) => code)).toEqual([
      'POLICY_EXPIRED',
      'POLICY_CONDITION_FAILED',
      'POLICY_CONDITION_FAILED',
      'POLICY_FIELD_NOT_COVERED',
      'BODY_TOO_LARGE',
    ])
    expect(findings[2]?.message).toBe('The form does not meet ["starts-with", "$Content-Type", "image/"]')
  })

  it('finds nothing where nothing is wrong, and the one thing where there is no policy', () => {
    const fields = [...signed.fields, ['content-type', 'image/png,image/gif']] as [string, string][]
    expect(explainPost({ bucket: 'uploads', fields, filename: 'f', date })).toEqual([])
    expect(explainPost({ bucket: 'uploads', fields: [] })).toMatchObject([{ code: 'POLICY_MALFORMED' }])
  })
})

/** Upload forms through the guards of all servers: signed in themselves, or refused like any other request. */
import { afterEach, describe, expect, it } from 'vitest'
import { createVerifier, createShadow } from '../../../packages/countersign/src/verify/index.ts'
import { requireSignature, verifiedFormOf } from '../../../packages/countersign/src/servers/lambda.ts'
import {
  BUCKET,
  FORM_KEY_ID,
  FORM_NOW,
  FORM_SECRET,
  postVerifier,
  readAll,
  signForm,
  writeForm,
  type Field,
} from '../../kit/forms.ts'
import type { Listening } from '../../kit/servers.ts'
import { RAW_APPS, WEB_APPS, type AppOptions, type StartApp } from './apps.ts'

const posts = postVerifier()
const forms: AppOptions['forms'] = (message) =>
  posts.verify({ ...message, bucket: message.target.split(/[/?]/)[1] ?? '' })
const verifier = createVerifier({
  service: 's3',
  region: 'us-east-1',
  secrets: (id) => (id === FORM_KEY_ID ? { secretAccessKey: FORM_SECRET } : undefined),
  now: () => FORM_NOW,
})

const open: Listening<unknown>[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (server) => server.close()))
})

async function started(start: StartApp, options: AppOptions): Promise<string> {
  const server = await start(verifier, options)
  open.push(server)
  return server.origin
}

function formData(fields: readonly Field[], file = 'the file'): FormData {
  const form = new FormData()
  for (const [name, value] of fields) form.append(name, value)
  form.append('file', new Blob([file]), 'a.txt')
  return form
}

describe.each([...RAW_APPS, ...WEB_APPS])('%s', (_name, start) => {
  it('lets a form in that is signed in itself, and its handler read the file', async () => {
    const origin = await started(start, { forms })
    const response = await fetch(`${origin}/${BUCKET}`, { method: 'POST', body: formData(signForm()) })
    expect([response.status, JSON.parse(await response.text())]).toEqual([
      200,
      { principal: 'eric', bucket: BUCKET, key: 'user/eric/a.txt', file: 'the file' },
    ])
  })

  it('refuses one that its policy does not allow, and tells the log why', async () => {
    const codes: string[] = []
    const origin = await started(start, { forms, onRefused: ({ code }) => codes.push(code) })
    const send = async (bucket: string, fields: readonly Field[], query = ''): Promise<number> => {
      const url = `${origin}/${bucket}${query}`
      return (await fetch(url, { method: 'POST', body: formData(fields) })).status
    }
    const statuses = [
      await send(BUCKET, signForm({ signature: '0'.repeat(64) })),
      await send('another', signForm()),
      await send(BUCKET, signForm(), '?X-Amz-Sign%61ture=0'),
      await send(BUCKET, signForm(), '?X-Amz-Signature=0'),
    ]
    expect(statuses.every((status) => status >= 400 && status < 500)).toBe(true)
    expect(codes).toEqual([
      'SIGNATURE_MISMATCH',
      'POLICY_CONDITION_FAILED',
      'MECHANISMS_SEVERAL',
      'QUERY_PARAMETER_MISSING',
    ])
  })

  it('refuses forms where nobody has said what becomes of them', async () => {
    const codes: string[] = []
    const origin = await started(start, { onRefused: ({ code }) => codes.push(code) })
    const response = await fetch(`${origin}/${BUCKET}`, { method: 'POST', body: formData(signForm()) })
    expect([response.status, codes]).toEqual([403, ['SIGNATURE_MISSING']])
  })
})

it('a Lambda function gets the form of an event', async () => {
  const guard = requireSignature(verifier, { forms })
  const handler = guard(async (event) => {
    const { key, file } = verifiedFormOf(event)
    return [key, (await readAll(file)).toString()]
  })
  const body = writeForm(signForm(), { bytes: 'in an event' }).toString('base64')
  const told = await handler({
    version: '2.0',
    rawPath: `/${BUCKET}`,
    rawQueryString: '',
    headers: {
      host: 'abc.lambda-url.us-east-1.on.aws',
      'content-type': 'multipart/form-data; boundary=boundary-of-the-form',
    },
    requestContext: {
      domainName: 'abc.lambda-url.us-east-1.on.aws',
      http: { method: 'POST', sourceIp: '192.0.2.1' },
    },
    body,
    isBase64Encoded: true,
  })
  expect(told).toEqual(['user/eric/a.txt', 'in an event'])
})

it('a shadow cannot be given forms, which it would not look at', () => {
  expect(() => requireSignature(createShadow(verifier), { forms })).toThrow(
    expect.objectContaining({ name: 'SigningError', code: 'OPTION_INVALID' }),
  )
})

it('there is no form but one that the guard let through', () => {
  expect(() => verifiedFormOf({})).toThrow(expect.objectContaining({ code: 'SIGNATURE_MISSING' }))
})

/**
 * The tests of the rows of the table of attacks that are about upload forms: A31 to A33.
 */
import { expect } from 'vitest'
import type { PostMessage } from '../../packages/countersign/src/post.ts'
import type {
  RequestMessage,
  Verifier,
  VerifiedRequest,
} from '../../packages/countersign/src/verify/index.ts'
import { attack, type Proof } from '../kit/attack.ts'
import { socketOf } from '../kit/everywhere.ts'
import {
  BUCKET,
  messageOfForm,
  postVerifier,
  sendForm,
  signForm,
  upload,
  writeForm,
  type FormDraft,
  type SentFile,
} from '../kit/forms.ts'
import type { Transport } from '../kit/guarded-sockets.ts'
import type { SentMessage } from '../kit/messages.ts'
import { VerificationError } from '../../packages/countersign/src/errors.ts'

/** Verifies a form; its file is the body. */
async function verifyForm(message: RequestMessage): Promise<VerifiedRequest<string>> {
  const post = await postVerifier().verify({ ...message, bucket: BUCKET })
  const { scope = { date: '', service: 's3' }, file: body } = post
  const covered: VerifiedRequest['covered'] = { method: 'POST', path: '/', query: [], headers: [] }
  return { ...post, scope, signedHeaders: [], payload: 'pending', isPending: true, covered, body }
}

/** Forms where requests are expected. */
const forms: Verifier = { verify: verifyForm, verifyAtOnce: verifyForm }

const HTTP1: readonly Transport[] = ['http1']
const EITHER: readonly Transport[] = ['http1', 'http2']

function sent({ method, target, headers, body }: PostMessage): SentMessage {
  return { method, target, headers, body: body instanceof Uint8Array ? body : undefined }
}

async function refused(proof: Proof, message: PostMessage, code: string, over = EITHER): Promise<void> {
  const error: unknown = await upload(message).catch((thrown: unknown) => thrown)
  if (!(error instanceof VerificationError)) throw error
  expect(error.code).toBe(code)
  for (const transport of over) {
    const { verified, refusal } = await (await socketOf(transport)).send(sent(message), forms)
    expect({ transport, verified, code: refusal?.code }).toEqual({ transport, verified: undefined, code })
  }
  proof.saw(error, ...over)
}

async function letIn(message: PostMessage, over = EITHER): Promise<void> {
  await upload(message)
  for (const transport of over) {
    const { verified, refusal } = await (await socketOf(transport)).send(sent(message), forms)
    expect({ transport, refusal, principal: verified?.principal }).toMatchObject({ principal: 'eric' })
  }
}

function form(draft: FormDraft, file?: SentFile): PostMessage {
  return sendForm(draft, file)
}

attack('A31', async (proof) => {
  await letIn(form({}))
  await refused(proof, form({ key: 'user/betty/a.txt' }), 'POLICY_CONDITION_FAILED')
  const range = { conditions: [['content-length-range', 1, 10]] }
  await refused(proof, form(range, { bytes: 'x'.repeat(100) }), 'BODY_TOO_LARGE')
  await refused(proof, form({ fields: [['acl', 'public-read']] }), 'POLICY_FIELD_NOT_COVERED')
})

attack('A32', async (proof) => {
  const policy = new Map(signForm()).get('policy') ?? ''
  const twice = writeForm([['Policy', policy], ...signForm()], { bytes: 'x' })
  await refused(proof, messageOfForm(twice), 'FORM_FIELD_INVALID')
  const policyText =
    '{"expiration":"2026-11-22T13:00:00Z","conditions":[{"bucket":"uploads","bucket":"secrets"}]}'
  await refused(proof, form({ policyText }), 'POLICY_MALFORMED')
  await refused(proof, form({ policyBase64: ` ${policy}` }), 'POLICY_MALFORMED')
  await refused(proof, form({ scope: '20261121/us-east-1/s3/aws4_request' }), 'SCOPE_DATE_MISMATCH')
  const undated = JSON.stringify({
    expiration: '2026-11-22T13:00:00Z',
    conditions: [
      { bucket: BUCKET },
      ['starts-with', '$key', ''],
      ['starts-with', '$x-amz-algorithm', ''],
      ['starts-with', '$x-amz-credential', ''],
    ],
  })
  await refused(proof, form({ policyText: undated }), 'POLICY_FIELD_NOT_COVERED')
  const named = form({ key: 'user/eric/${filename}' }, { name: '../../etc/passwd', bytes: 'x' })
  expect((await upload(named)).key).toBe('user/eric/passwd')
  const after = 'Content-Disposition: form-data; name="key"\r\n\r\nx\r\n--boundary-of-the-form--\r\n'
  await letIn(messageOfForm(writeForm(signForm(), { bytes: 'x' }, { after })))
})

attack('A33', async (proof) => {
  const conditions = [['content-length-range', 0, 100]]
  const chunked = (length: number): PostMessage => {
    const { headers, body, ...message } = form({ conditions }, { bytes: 'x'.repeat(length) })
    const bytes = body instanceof Uint8Array ? body : new Uint8Array()
    return { ...message, headers: [...headers, ['transfer-encoding', 'chunked']], body: bytes }
  }
  const framed = (message: PostMessage): Uint8Array => {
    const { headers, body = new Uint8Array(), target } = sent(message)
    const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    const size = body.length.toString(16)
    return Buffer.concat([
      Buffer.from(`POST ${target} HTTP/1.1\r\n${head}\r\n${size}\r\n`),
      body,
      Buffer.from('\r\n0\r\n\r\n'),
    ])
  }
  await refused(proof, chunked(101), 'BODY_TOO_LARGE', [])
  const socket = await socketOf('http1')
  const { refusal } = await socket.sendBytes(framed(chunked(101)), forms)
  expect(refusal?.code).toBe('BODY_TOO_LARGE')
  const { verified } = await socket.sendBytes(framed(chunked(100)), forms)
  expect(verified?.principal).toBe('eric')
  for (const transport of HTTP1) proof.transports.add(transport)
})

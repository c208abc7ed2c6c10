/**
 * Upload forms: the policy, its signature, and what a store makes of the form when it comes.
 *
 * @module
 */
import {
  buildPostResponse,
  createPostVerifier,
  explainPost,
  formatPostHtml,
  presignPost,
  sigV2Post,
  sigV4Post,
} from 'countersign/post'
import { VerificationError } from 'countersign/verify'
import { CREDENTIALS, DATE, now, secrets, TOKEN } from './inputs.ts'
import { collect, utf8 } from './output.ts'
import type { Case } from './suite.ts'

const ALGORITHMS = { 'version 4': sigV4Post, 'version 2': sigV2Post }
const FORM = {
  url: 'https://uploads.s3.us-east-1.amazonaws.com/',
  bucket: 'uploads',
  keyStartsWith: 'user/eric/',
  fields: { success_action_status: '201', 'x-amz-meta-note': 'é "<' },
  conditions: [
    ['content-length-range', 1, 1000],
    ['starts-with', '$Content-Type', 'image/'],
  ] as const,
}

/** A form as a browser sends it, with a boundary of our own. */
function encodeForm(fields: readonly (readonly [string, string])[], file: string): Uint8Array {
  const part = (disposition: string, text: string): string =>
    `--portable\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${text}\r\n`
  const parts = fields.map(([name, value]) => part(`name="${name}"`, value))
  return utf8(`${parts.join('')}${part('name="file"; filename="cat.png"', file)}--portable--\r\n`)
}

async function post(fields: readonly (readonly [string, string])[], file: string): Promise<unknown> {
  const verifier = createPostVerifier({
    secrets,
    region: 'us-east-1',
    now,
    algorithms: Object.values(ALGORITHMS),
  })
  const wire = encodeForm(fields, file)
  const body = async function* () {
    for (let at = 0; at < wire.length; at += 77) yield wire.subarray(at, at + 77)
  }
  try {
    const { file: stored, ...form } = await verifier.verify({
      method: 'POST',
      target: '/',
      headers: [
        ['host', 'uploads.s3.us-east-1.amazonaws.com'],
        ['content-type', 'multipart/form-data; boundary=portable'],
        ['content-length', String(wire.length)],
      ],
      body: body(),
      bucket: 'uploads',
    })
    const bytes = await collect(stored)
    return { form, bytes, answer: buildPostResponse(form, { etag: '"1"', location: '/uploads/cat.png' }) }
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    return { code: error.code, message: error.message }
  }
}

/** All of them. */
export function formCases(): Case[] {
  return Object.entries(ALGORITHMS).map(([name, algorithm]) => ({
    name: `form: ${name}`,
    run: async () => {
      const options = { credentials: CREDENTIALS, region: 'us-east-1', date: DATE, algorithm }
      const presigned = presignPost(FORM, options)
      const temporary = presignPost(FORM, {
        ...options,
        credentials: { ...CREDENTIALS, sessionToken: TOKEN },
      })
      const fields = [...presigned.fields, ['Content-Type', 'image/png'] as const]
      const forged = fields.map(([field, value]) => [field, value.replace('user/eric', 'user/anna')] as const)
      return [
        presigned,
        temporary,
        formatPostHtml(presigned),
        await post(fields, 'the cat'),
        await post(fields, 'x'.repeat(1001)),
        await post(forged, 'the cat'),
        explainPost({ bucket: 'uploads', fields: forged, filename: 'cat.png', size: 7, date: DATE }),
      ]
    },
  }))
}

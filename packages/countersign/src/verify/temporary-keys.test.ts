/**
 * Temporary keys: a session token that the look-up reads, that belongs to one key, that is signed, and that ends.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  EVERYWHERE,
  expectLetIn,
  expectRefused,
  NOW,
  presign,
  SECRET,
  signInHeader,
  withHeaders,
  withoutHeader,
} from '../../../../test/kit/messages.ts'
import type { Found, KeyHints, SecretsLookup } from './found-key.ts'
import { apiGateway, awsJson, queryXml, restJson, s3Xml } from './index.ts'

const KEY = createHash('sha256').update('the key that tokens are sealed with').digest()

interface Sealed {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly principal: string
  /** In milliseconds. */
  readonly end: number
}

/** An issuer that keeps nothing: the token holds the key, sealed. */
function issue(accessKeyId: string, seconds = 3600, principal = 'alice') {
  const sealed: Sealed = {
    accessKeyId,
    secretAccessKey: randomBytes(30).toString('base64'),
    principal,
    end: NOW.getTime() + seconds * 1000,
  }
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', KEY, iv)
  const text = Buffer.concat([cipher.update(JSON.stringify(sealed)), cipher.final()])
  const sessionToken = Buffer.concat([iv, text, cipher.getAuthTag()]).toString('base64')
  return { accessKeyId, secretAccessKey: sealed.secretAccessKey, sessionToken }
}

function open(accessKeyId: string, { sessionToken }: KeyHints): Found<string> | undefined {
  const bytes = Buffer.from(sessionToken ?? '', 'base64')
  if (bytes.length < 28) return undefined
  try {
    const decipher = createDecipheriv('aes-256-gcm', KEY, bytes.subarray(0, 12))
    decipher.setAuthTag(bytes.subarray(-16))
    const text = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
    const sealed = JSON.parse(text.toString()) as Sealed
    if (sealed.accessKeyId !== accessKeyId) return undefined
    const { secretAccessKey, principal, end } = sealed
    return { secretAccessKey, principal, sessionToken, notAfter: new Date(end) }
  } catch {
    return undefined
  }
}

const LOOKUPS: readonly (readonly [string, SecretsLookup<string>])[] = [
  ['at once', open],
  ['later', (id, hints) => Promise.resolve(open(id, hints))],
]

describe.each(LOOKUPS)('a token that the look-up decodes %s', (_, secrets) => {
  it.each(EVERYWHERE)(
    'lets its key in, and nothing else: $mechanism, $service',
    async ({ sign, service }) => {
      const mine = issue('ASIAMINE')
      const theirs = issue('ASIATHEIRS')
      await expectLetIn(sign({ service, ...mine }), { secrets })
      const none = { ...mine, sessionToken: undefined }
      const anothers = { ...mine, sessionToken: theirs.sessionToken }
      const letter = mine.sessionToken.startsWith('A') ? 'B' : 'A'
      const made = { ...mine, sessionToken: letter + mine.sessionToken.slice(1) }
      for (const draft of [none, anothers, made]) {
        await expectRefused(sign({ service, ...draft }), 'KEY_UNKNOWN', 'InvalidAccessKeyId', { secrets })
        const hidden = { secrets, hideUnknownKeys: true }
        await expectRefused(
          sign({ service, ...draft }),
          'SIGNATURE_MISMATCH',
          'SignatureDoesNotMatch',
          hidden,
        )
      }
      // A stolen token alone is of no use.
      const stolen = { ...mine, secretAccessKey: 'guessed' }
      await expectRefused(sign({ service, ...stolen }), 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch', {
        secrets,
      })
    },
  )

  it.each(EVERYWHERE)('ends when it says: $mechanism, $service', async ({ sign, service }) => {
    await expectLetIn(sign({ service, ...issue('ASIAMINE', 0) }), { secrets })
    const late = sign({ service, ...issue('ASIAMINE', -1) })
    const error = await expectRefused(late, 'TOKEN_EXPIRED', 'ExpiredToken', { secrets })
    const answers = [s3Xml, queryXml, awsJson, restJson, apiGateway].map((render) => render(error))
    expect(answers.map(({ status }) => status)).toEqual([400, 403, 400, 403, 403])
    expect(answers[0]!.body).toContain('<Code>ExpiredToken</Code><Message>The provided token has expired.<')
    expect(answers[1]!.body).toContain('<Code>ExpiredToken</Code>')
    expect(answers[2]!.body).toContain('#ExpiredTokenException')
    for (const { body } of answers.slice(1)) {
      expect(body).toContain('The security token included in the request is expired')
    }
  })

  it('is none where the row of a database has null in its place', async () => {
    const text = JSON.stringify({ secretAccessKey: SECRET, sessionToken: null, principal: 'alice' })
    const row = JSON.parse(text) as Found<string>
    await expectLetIn(signInHeader(), { secrets: () => row })
    const withToken = signInHeader({ sessionToken: 'x' })
    await expectRefused(withToken, 'TOKEN_INVALID', 'InvalidToken', { secrets: () => row })
  })

  it('has to be signed', async () => {
    const mine = issue('ASIAMINE')
    const { sessionToken, ...bare } = mine
    for (const service of ['s3', 'execute-api']) {
      const signedHeaders = service === 's3' ? 'host;x-amz-content-sha256;x-amz-date' : 'host;x-amz-date'
      const unsigned = signInHeader({ service, ...mine, signedHeaders })
      await expectRefused(unsigned, 'HEADERS_NOT_SIGNED', 'AccessDenied', { secrets })
      const added = withHeaders(signInHeader({ service, ...bare }), ['x-amz-security-token', sessionToken])
      await expectRefused(added, 'HEADERS_NOT_SIGNED', 'AccessDenied', { secrets })
      const taken = withoutHeader(signInHeader({ service, ...mine }), 'x-amz-security-token')
      await expectRefused(taken, 'KEY_UNKNOWN', 'InvalidAccessKeyId', { secrets })
    }
    const url = presign(mine)
    const moved = { ...url, target: url.target.replace(/&X-Amz-Security-Token=[^&]*/, '') }
    const header = withHeaders(moved, ['x-amz-security-token', sessionToken])
    await expectRefused(header, 'HEADERS_NOT_SIGNED', 'AccessDenied', { secrets })
  })

  it('outlives a presigned URL, or ends it', async () => {
    const long = presign({ ...issue('ASIAMINE', 60), expires: '3600' })
    await expectLetIn(long, { secrets })
    const later = { secrets, now: () => new Date(NOW.getTime() + 61_000) }
    await expectRefused(long, 'TOKEN_EXPIRED', 'ExpiredToken', later)
  })
})

describe('the hints', () => {
  it('hold the token as it came, before anybody vouches for it', async () => {
    const asked: (string | undefined)[] = []
    const secrets = (_: string, { sessionToken }: KeyHints): undefined => void asked.push(sessionToken)
    for (const message of [
      signInHeader(),
      signInHeader({ sessionToken: 'a+b=' }),
      presign({ sessionToken: 'a+b=' }),
    ]) {
      await expectRefused(message, 'KEY_UNKNOWN', 'InvalidAccessKeyId', { secrets })
    }
    expect(asked).toEqual([undefined, 'a+b=', 'a+b='])
  })
})

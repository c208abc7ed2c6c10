/**
 * C4: input that costs more than its length. Each is refused by a limit before it is read closely, and what is just
 * within the limits is let in. No clock decides.
 */
import { describe, expect, it } from 'vitest'
import {
  expectLetIn,
  expectRefused,
  EVERYWHERE,
  MECHANISMS,
  presign,
  SECRET,
  signInHeader,
  TOKEN,
  verifierFor,
  withAuthorization,
  withHeaders,
  type HeaderField,
  type SentMessage,
} from '../kit/messages.ts'

const KIB = 1024

async function expectLimit(message: SentMessage, limit: string, options = {}): Promise<void> {
  const error = await expectRefused(message, 'LIMIT_EXCEEDED', 'InvalidRequest', options)
  expect(error.status).toBe(400)
  expect(error.message).toContain(limit)
}

function headerBytes({ headers }: SentMessage): number {
  return headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
}

/** The message with one more header that fills it up to a number of bytes. */
function filledTo(message: SentMessage, bytes: number): SentMessage {
  return withHeaders(message, ['x-fill', 'f'.repeat(bytes - headerBytes(message) - 'x-fill'.length)])
}

describe('C4 quadratic parsing', () => {
  it.each([
    ['commas', ','],
    ['blanks', ' '],
    ['tabs', '\t'],
    ['components', 'Credential=x, '],
    ['equals signs', '='],
    ['semicolons', ';'],
    ['slashes', '/'],
  ])('64 KB Authorization: %s', async (_, unit) => {
    const filler = unit.repeat((64 * KIB) / unit.length)
    for (const service of ['s3', 'execute-api']) {
      const message = signInHeader({ service })
      await expectLimit(
        withAuthorization(message, (value) => value + filler),
        'headerBytes',
      )
      const half = (value: string): string => value + filler.slice(0, 32 * KIB)
      await expectLimit(withAuthorization(message, half), 'authorizationBytes')
      const alone = withAuthorization(message, () => filler.slice(0, 32 * KIB))
      await expect(verifierFor().verify(alone)).rejects.toMatchObject({
        name: 'VerificationError',
        status: 400,
      })
    }
  })

  it('an Authorization of exactly the limit', async () => {
    const at = (length: number): SentMessage =>
      withAuthorization(signInHeader(), (value) =>
        value.replace(' ', () => ' '.repeat(length - value.length + 1)),
      )
    await expectLetIn(at(16 * KIB))
    await expectLimit(at(16 * KIB + 1), 'authorizationBytes')
  })

  it.each(EVERYWHERE)('10,000 SignedHeaders: $mechanism, $service', async ({ mechanism, sign, service }) => {
    const names = Array.from({ length: 10_000 }, (_, i) => `x${10_000 + i}`).join(';')
    const message = sign({ service, signedHeaders: `host;${names}` })
    await expectLimit(message, mechanism === 'query' ? 'queryBytes' : 'headerBytes')
    const wide = { limits: { headerBytes: 1e7, authorizationBytes: 1e7, queryBytes: 1e7 } }
    await expectLimit(message, 'signedHeaders', wide)
  })

  it.each(EVERYWHERE)('100 SignedHeaders and one more: $mechanism, $service', async ({ sign, service }) => {
    const named = (count: number): SentMessage => {
      const names = Array.from({ length: count }, (_, i) => [`x-${1000 + i}`, 'v'] as const)
      return sign({ service, headers: names })
    }
    const own = (await expectLetIn(named(1))).signedHeaders.length - 1
    await expectLetIn(named(100 - own))
    await expectLimit(named(101 - own), 'signedHeaders')
  })

  it.each(EVERYWHERE)('10,000 query pairs: $mechanism, $service', async ({ sign, service }) => {
    for (const pair of ['a=1', 'a', '=', '%41=+']) {
      const query = Array.from({ length: 10_000 }, () => pair).join('&')
      const message = sign({ service, target: `/b?${query}` })
      await expectLimit(message, query.length > 32 * KIB ? 'queryBytes' : 'queryPairs')
    }
  })

  it.each(EVERYWHERE)(
    '1,000 query pairs and one more: $mechanism, $service',
    async ({ mechanism, sign, service }) => {
      const own = mechanism === 'query' ? 6 : 0
      const paired = (count: number): SentMessage =>
        sign({
          service,
          target: `/b?${Array.from({ length: count }, (_, i) => `a${(i * 7) % 1000}`).join('&')}`,
        })
      await expectLetIn(paired(1000 - own))
      await expectLimit(paired(1001 - own), 'queryPairs')
    },
  )

  it.each(EVERYWHERE)(
    'a query of 32 KiB and a byte more: $mechanism, $service',
    async ({ sign, service }) => {
      const filled = (length: number): SentMessage => {
        const own = sign({ service, target: '/b?a=' }).target.length - '/b?'.length
        return sign({ service, target: `/b?a=${'x'.repeat(length - own)}` })
      }
      await expectLetIn(filled(32 * KIB))
      await expectLimit(filled(32 * KIB + 1), 'queryBytes')
    },
  )

  it.each(EVERYWHERE)('1 MB credential: $mechanism, $service', async ({ mechanism, sign, service }) => {
    const wide = { limits: { headerBytes: 1e7, authorizationBytes: 1e7, queryBytes: 1e7 } }
    for (const accessKeyId of ['k'.repeat(1_000_000), '/'.repeat(1_000_000)]) {
      const message = sign({ service, accessKeyId })
      await expectLimit(message, mechanism === 'query' ? 'queryBytes' : 'headerBytes')
      await expectLimit(message, 'credentialBytes', wide)
    }
  })

  it.each(EVERYWHERE)(
    'a credential of 512 bytes and one more: $mechanism, $service',
    async ({ sign, service }) => {
      const options = {
        limits: { accessKeyIdLength: 512 },
        secrets: () => ({ secretAccessKey: SECRET, principal: 'alice' }),
      }
      const scopeLength = `/20261122/us-east-1/${service}/aws4_request`.length
      await expectLetIn(sign({ service, accessKeyId: 'k'.repeat(512 - scopeLength) }), options)
      await expectLimit(
        sign({ service, accessKeyId: 'k'.repeat(513 - scopeLength) }),
        'credentialBytes',
        options,
      )
    },
  )

  it.each(EVERYWHERE)('1.7 MB header value: $mechanism, $service', async ({ sign, service }) => {
    for (const unit of [' ', '\t ', 'a ', 'x']) {
      const value = unit.repeat(1_700_000 / unit.length)
      await expectLimit(sign({ service, headers: [['x-long', value]] }), 'headerBytes')
      await expectLimit(withHeaders(sign({ service }), ['x-long', value]), 'headerBytes')
    }
  })

  it.each(EVERYWHERE)(
    'headers of 64 KiB and a byte more: $mechanism, $service',
    async ({ sign, service }) => {
      await expectLetIn(filledTo(sign({ service }), 64 * KIB))
      await expectLimit(filledTo(sign({ service }), 64 * KIB + 1), 'headerBytes')
    },
  )

  it.each(MECHANISMS)('200 header fields and one more: $mechanism', async ({ sign }) => {
    const message = sign()
    const more = (count: number): HeaderField[] => Array.from({ length: count }, () => ['x', ''] as const)
    await expectLetIn(withHeaders(message, ...more(200 - message.headers.length)))
    await expectLimit(withHeaders(message, ...more(201 - message.headers.length)), 'headerFields')
  })

  it.each(EVERYWHERE)('a token of 8 KiB and a byte more: $mechanism, $service', async ({ sign, service }) => {
    const secrets = () => ({ secretAccessKey: SECRET, sessionToken: () => true, principal: 'alice' })
    await expectLetIn(sign({ service, sessionToken: 't'.repeat(8 * KIB) }), { secrets })
    await expectLimit(sign({ service, sessionToken: 't'.repeat(8 * KIB + 1) }), 'sessionTokenBytes', {
      secrets,
    })
  })

  it('a signed value of 60 KB of blanks between two letters is let in', async () => {
    const value = `a${' '.repeat(60_000)}b`
    for (const { sign } of MECHANISMS) await expectLetIn(sign({ headers: [['x-long', value]] }))
  })

  it('every limit can be set, and zero takes nothing', async () => {
    const limits = [
      'headerFields',
      'headerBytes',
      'authorizationBytes',
      'signedHeaders',
      'credentialBytes',
      'sessionTokenBytes',
    ]
    for (const limit of limits) {
      const message = signInHeader({ sessionToken: TOKEN })
      await expectLimit(message, limit, { limits: { [limit]: 0 } })
    }
    for (const limit of ['queryBytes', 'queryPairs']) {
      await expectLimit(presign(), limit, { limits: { [limit]: 0 } })
      await expectLetIn(signInHeader(), { limits: { [limit]: 0 } })
    }
  })
})

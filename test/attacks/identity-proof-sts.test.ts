/**
 * Attacks with proofs of identity: a proof that is used again, and an STS that is none.
 */
import { describe, expect, it } from 'vitest'
import {
  createIdentityProof,
  createReplayGuard,
} from '../../packages/countersign/src/identity-proof/index.ts'
import { startServer } from '../kit/servers.ts'
import { jsonReply, xmlReply } from '../kit/sts-server.ts'
import {
  NOW,
  region,
  audience,
  credentials,
  ALICE,
  presigned,
  signed,
  urlOf,
  wrap,
  verify,
  expectRefused,
  sts,
} from '../kit/identity-proofs.ts'

describe('replay', () => {
  it.each([
    ['presigned', presigned],
    ['signed', signed],
  ])('of a proof that is %s', async (_, proof) => {
    const replayGuard = createReplayGuard()
    await verify(proof, { replayGuard })
    const error = await expectRefused(proof, 'PROOF_REPLAYED', { replayGuard }, 2)
    expect(error.status).toBe(401)
  })

  it('wrapped up in another way', async () => {
    const replayGuard = createReplayGuard()
    await verify(presigned, { replayGuard })
    const [head = '', query = ''] = urlOf(presigned).split('?')
    const turned = wrap(`${head}?${query.split('&').toReversed().join('&')}`)
    await expectRefused(turned, 'PROOF_REPLAYED', { replayGuard }, 2)
  })

  it('at the same time: one comes in', async () => {
    const replayGuard = createReplayGuard()
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => verify(presigned, { replayGuard })))
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('by default too, and not where it is switched off', async () => {
    const proof = createIdentityProof({
      credentials,
      region,
      audience,
      date: new Date(NOW.getTime() - 1000),
    }).proof
    await verify(proof, { replayGuard: undefined })
    await expectRefused(proof, 'PROOF_REPLAYED', { replayGuard: undefined }, 2)
    await verify(proof, { replayGuard: false })
  })

  it('is not what a proof is that STS could not be asked about', async () => {
    const replayGuard = createReplayGuard()
    sts.answer = (_, response) => response.writeHead(503).end()
    await expectRefused(presigned, 'STS_UNAVAILABLE', { replayGuard }, 1)
    sts.answer = undefined
    expect(await verify(presigned, { replayGuard })).toMatchObject(ALICE)
  })

  it('cannot be made room for: a full guard refuses', async () => {
    const replayGuard = createReplayGuard({ maxEntries: 1 })
    await verify(presigned, { replayGuard })
    const error = await expectRefused(signed, 'REPLAY_GUARD_FULL', { replayGuard }, 2)
    expect(error.status).toBe(503)
  })
})

describe('the call', () => {
  it('follows nobody elsewhere', async () => {
    let visits = 0
    const elsewhere = await startServer((_, response) => {
      visits++
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
    for (const status of [301, 302, 303, 307, 308]) {
      sts.asked.length = 0
      sts.answer = (_, response) => response.writeHead(status, { location: `${elsewhere.origin}/` }).end()
      await expectRefused(presigned, 'STS_REPLY_INVALID', {}, 1)
    }
    await elsewhere.close()
    expect(visits).toBe(0)
  })

  it('takes no answer that somebody else followed', async () => {
    const redirected = Object.defineProperty(Response.json(JSON.parse(jsonReply(ALICE).body)), 'redirected', {
      value: true,
    })
    await expectRefused(presigned, 'STS_REPLY_INVALID', { fetch: async () => redirected })
  })

  it.each([
    ['no answer', () => {}],
    [
      'half an answer',
      (response: import('node:http').ServerResponse) => void response.writeHead(200).write('{'),
    ],
  ])('does not wait forever for %s', async (_, begin) => {
    let isClosed: Promise<unknown> | undefined
    sts.answer = (request, response) => {
      isClosed = new Promise((resolve) => request.socket.once('close', resolve))
      begin(response)
    }
    const error = await expectRefused(presigned, 'STS_UNAVAILABLE', { timeout: 0.3 }, 1)
    expect(error.status).toBe(503)
    await isClosed
  })

  it('reads no endless answer', async () => {
    let isClosed: Promise<unknown> | undefined
    sts.answer = (request, response) => {
      isClosed = new Promise((resolve) => request.socket.once('close', resolve))
      const write = (): void => {
        while (!response.destroyed && response.write('x'.repeat(1024)));
      }
      response.on('drain', write)
      write()
    }
    await expectRefused(presigned, 'STS_REPLY_INVALID', {}, 1)
    await isClosed
  })

  it.each([
    [400, 'ExpiredToken', 'STS_REFUSED'],
    [403, 'InvalidClientTokenId', 'STS_REFUSED'],
    [400, 'Throttling', 'STS_UNAVAILABLE'],
    [429, '', 'STS_UNAVAILABLE'],
    [500, 'InternalFailure', 'STS_UNAVAILABLE'],
    [503, 'ServiceUnavailable', 'STS_UNAVAILABLE'],
  ])('tells %i %s from each other', async (status, stsCode, code) => {
    sts.answer = (_, response) =>
      response
        .writeHead(status)
        .end(JSON.stringify({ Error: { Code: stsCode, Message: credentials.sessionToken } }))
    const error = await expectRefused(presigned, code, {}, 1)
    expect(error.facts).toEqual({ status: String(status), stsCode })
  })

  it('says nothing of what a client says when it fails', async () => {
    const failing = async (url: string): Promise<Response> => {
      throw new Error(`cannot fetch ${url}`)
    }
    await expectRefused(presigned, 'STS_UNAVAILABLE', { fetch: failing })
  })
})

describe('the reply', () => {
  const json = (change: (text: string) => string, type = 'application/json'): void => {
    sts.answer = (_, response) => {
      const { account, arn, userId } = ALICE
      const result = { GetCallerIdentityResult: { Account: account, Arn: arn, UserId: userId } }
      const text = change(JSON.stringify({ GetCallerIdentityResponse: result }))
      response.writeHead(200, { 'content-type': type }).end(text)
    }
  }
  const xml = (change: (text: string) => string): void => {
    sts.answer = (_, response) =>
      response.writeHead(200, { 'content-type': 'text/xml' }).end(change(xmlReply(ALICE).body))
  }

  it('is taken as it should be', async () => {
    json((text) => text)
    await verify(presigned)
    xml((text) => `<?xml version="1.0" encoding="UTF-8"?>\n${text}`)
    await verify(presigned)
  })

  it.each<[string, (text: string) => string]>([
    ['is empty', () => ''],
    ['is no JSON', (text) => `${text}x`],
    ['is a list', (text) => `[${text}]`],
    ['has another root', (text) => text.replace('Response"', 'Responses"')],
    ['has a second root', (text) => text.replace('{', '{"Error":{},')],
    ['has its root twice', (text) => text.replace('{', '{"GetCallerIdentityResponse":{},')],
    ['has a value twice', (text) => text.replace('"Arn":', '"Arn":"x","Arn":')],
    ['has a value twice, escaped', (text) => text.replace('"Arn":', '"\\u0041rn":"x","Arn":')],
    ['lacks a value', (text) => text.replace(/"UserId":"[^"]*"/, '"X":"x"')],
    ['has a value more', (text) => text.replace('"Arn":', '"X":"x","Arn":')],
    ['has a number', (text) => text.replace('"123456789012"', '123456789012')],
    ['has an empty value', (text) => text.replace('AROAEXAMPLEID:alice', '')],
  ])('in JSON %s', async (_, change) => {
    json(change)
    await expectRefused(presigned, 'STS_REPLY_INVALID', {}, 1)
  })

  it.each(['text/html', 'text/plain', '', 'application/json-seq', 'application/xhtml+xml'])(
    'of the type %j',
    async (type) => {
      json((text) => text, type)
      await expectRefused(presigned, 'STS_REPLY_INVALID', {}, 1)
    },
  )

  it.each<[string, (text: string) => string]>([
    ['has another root', (text) => text.replaceAll('GetCallerIdentityResponse', 'Response')],
    ['has a root around it', (text) => `<x>${text}</x>`],
    ['has another root after it', (text) => `${text}<x/>`],
    ['has no namespace', (text) => text.replace(/ xmlns="[^"]*"/, '')],
    ['has another namespace', (text) => text.replace('2011-06-15/"', '2011-06-16/"')],
    ['has a document type', (text) => `<!DOCTYPE x [<!ENTITY a "b">]>${text}`],
    ['has a comment', (text) => text.replace('<Arn>', '<!-- x --><Arn>')],
    ['has a comment in a value', (text) => text.replace('123456789012<', '123456789012<!-- x --><')],
    ['has a section', (text) => text.replace('<Account>123456789012', '<Account><![CDATA[123456789012]]>')],
    ['has an attribute', (text) => text.replace('<Arn>', '<Arn a="b">')],
    ['has a value twice', (text) => text.replace('<Account>', '<Arn>x</Arn><Account>')],
    ['has one in the place of another', (text) => text.replaceAll('UserId', 'Arn')],
    ['lacks a value', (text) => text.replace(/<UserId>.*<\/UserId>/, '')],
    ['has an entity of its own', (text) => text.replace('alice<', '&alice;<')],
    ['ends early', (text) => text.slice(0, -30)],
    ['is in another alphabet', (text) => Buffer.from(text, 'utf16le').toString('latin1')],
  ])('in XML %s', async (_, change) => {
    xml(change)
    await expectRefused(presigned, 'STS_REPLY_INVALID', {}, 1)
  })

  it.each<[string, string, string, string]>([
    ['an account that is none', '12345', 'arn:aws:sts::12345:assumed-role/Deploy/alice', 'AROAX:alice'],
    [
      'the ARN of another account',
      '123456789012',
      'arn:aws:sts::999999999999:assumed-role/Deploy/alice',
      'AROAX:alice',
    ],
    [
      'the ARN of another partition',
      '123456789012',
      'arn:aws-cn:sts::123456789012:assumed-role/Deploy/alice',
      'AROAX:alice',
    ],
    [
      'the ARN of another service',
      '123456789012',
      'arn:aws:iam::123456789012:assumed-role/Deploy/alice',
      'AROAX:alice',
    ],
    ['the ARN of a role', '123456789012', 'arn:aws:iam::123456789012:role/Deploy', 'AROAX'],
    [
      'an ARN with a region',
      '123456789012',
      'arn:aws:sts:eu-west-1:123456789012:assumed-role/Deploy/alice',
      'AROAX:alice',
    ],
    ['a role without a session', '123456789012', 'arn:aws:sts::123456789012:assumed-role/Deploy', 'AROAX'],
    ['a role with a path', '123456789012', 'arn:aws:sts::123456789012:assumed-role/a/b/alice', 'AROAX:alice'],
    ['a user without a name', '123456789012', 'arn:aws:iam::123456789012:user', 'AIDAX'],
    ['another session', '123456789012', 'arn:aws:sts::123456789012:assumed-role/Deploy/alice', 'AROAX:bob'],
    ['no session', '123456789012', 'arn:aws:sts::123456789012:assumed-role/Deploy/alice', 'AROAX'],
    [
      'two sessions',
      '123456789012',
      'arn:aws:sts::123456789012:assumed-role/Deploy/alice',
      'AROAX:alice:alice',
    ],
    [
      'a session that cannot be',
      '123456789012',
      'arn:aws:sts::123456789012:assumed-role/Deploy/a:b',
      'AROAX:a:b',
    ],
    ['the session of a user', '123456789012', 'arn:aws:iam::123456789012:user/alice', 'AIDAX:alice'],
    ['a root with an id of its own', '123456789012', 'arn:aws:iam::123456789012:root', 'AIDAX'],
    ['an ARN with a line end', '123456789012', 'arn:aws:iam::123456789012:user/alice\n', 'AIDAX'],
  ])('names %s', async (_, account, arn, userId) => {
    sts.answer = undefined
    sts.reply = () => ({ ...xmlReply({ account, arn, userId }) })
    await expectRefused(presigned, 'STS_REPLY_INVALID', {}, 1)
  })

  it.each<[string, string, string | undefined]>([
    ['arn:aws:iam::123456789012:root', '123456789012', undefined],
    ['arn:aws:iam::123456789012:user/alice', 'AIDAEXAMPLEID', undefined],
    ['arn:aws:iam::123456789012:user/a/b&amp;c/alice', 'AIDAEXAMPLEID', undefined],
    ['arn:aws:sts::123456789012:federated-user/bob', '123456789012:bob', 'bob'],
    [
      'arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0123/a.b+c@example.com',
      'AROAX:a.b+c@example.com',
      'a.b+c@example.com',
    ],
    [
      'arn:aws:sts::123456789012:assumed-role/Web/i-0123456789abcdef0',
      'AROAX:i-0123456789abcdef0',
      'i-0123456789abcdef0',
    ],
  ])('tells %s', async (arn, userId, sessionName) => {
    sts.reply = () => xmlReply({ account: '123456789012', arn, userId })
    const identity = await verify(presigned)
    expect(identity.arn).toBe(arn.replace('&amp;', '&'))
    expect([identity.account, identity.userId, identity.sessionName]).toEqual([
      '123456789012',
      userId,
      sessionName,
    ])
  })
})

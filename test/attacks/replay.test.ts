/**
 * C5: the same request a second time, through a real server too.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireSignature } from '../../packages/countersign/src/servers/node.ts'
import {
  apiGateway,
  awsJson,
  createReplayGuard,
  createVerifier,
  queryXml,
  restJson,
  s3Xml,
} from '../../packages/countersign/src/verify/index.ts'
import { signRequest } from '../../packages/countersign/src/index.ts'
import { EVERYWHERE, expectLetIn, expectRefused, SECRET } from '../kit/messages.ts'

describe('C5 replay', () => {
  it.each(EVERYWHERE)('the same request twice: $mechanism, $service', async ({ sign, service }) => {
    const message = sign({ service, method: 'PUT' })
    // Clients send again what was not answered, so nothing stops it where nobody asked for that.
    await expectLetIn(message)
    await expectLetIn(message)
    const options = { replayGuard: createReplayGuard() }
    await expectLetIn(message, options)
    await expectRefused(message, 'REPLAYED', 'AccessDenied', options)
  })

  it('answers in every dialect', async () => {
    const options = { replayGuard: createReplayGuard({ maxEntries: 1 }) }
    const [{ sign }] = EVERYWHERE as [(typeof EVERYWHERE)[0]]
    await expectLetIn(sign(), options)
    const replayed = await expectRefused(sign(), 'REPLAYED', 'AccessDenied', options)
    const full = await expectRefused(sign({ target: '/other' }), 'REPLAY_GUARD_FULL', 'SlowDown', options)
    const answers = [s3Xml, queryXml, awsJson, restJson, apiGateway].flatMap((render) =>
      [replayed, full].map((error) => render(error)),
    )
    expect(answers.map(({ status }) => status)).toEqual([403, 503, 403, 400, 400, 400, 403, 429, 403, 429])
    const names = [
      '<Code>AccessDenied</Code>',
      '<Code>SlowDown</Code><Message>Please reduce your request rate.</Message>',
      '<Code>AccessDenied</Code>',
      '<Code>Throttling</Code><Message>Rate exceeded</Message>',
      '#AccessDeniedException',
      '#ThrottlingException',
    ]
    names.forEach((name, i) => expect(answers[i]!.body).toContain(name))
    const types = answers.map(({ headers }) => new Map(headers).get('x-amzn-errortype'))
    expect(types.slice(6)).toEqual([
      'AccessDeniedException',
      'ThrottlingException',
      'AccessDeniedException',
      'ThrottlingException',
    ])
  })
})

describe('C5 replay on the wire', () => {
  const handled: string[] = []
  const guard = requireSignature(
    createVerifier({
      service: 'orders',
      region: 'local',
      secrets: () => ({ secretAccessKey: SECRET }),
      replayGuard: createReplayGuard(),
      replayExempt: ['GET'],
    }),
  )
  const server = createServer((request, response) =>
    guard(request, response, () => {
      handled.push(request.method ?? '')
      response.end('ok')
    }),
  )
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => server.close())

  it('of two at the same time one is handled, and of those that are exempt both', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders`
    const credentials = { accessKeyId: 'AK', secretAccessKey: SECRET }
    const statusesOf = async (method: string): Promise<number[]> => {
      const body = method === 'POST' ? 'one pizza' : undefined
      const { headers } = signRequest(
        { method, url, body },
        { credentials, service: 'orders', region: 'local' },
      )
      const sent = Array.from({ length: 4 }, () => fetch(url, { method, headers, body: body ?? null }))
      return (await Promise.all(sent)).map(({ status }) => status).toSorted((a, b) => a - b)
    }
    expect(await statusesOf('POST')).toEqual([200, 403, 403, 403])
    expect(await statusesOf('GET')).toEqual([200, 200, 200, 200])
    expect(handled.filter((method) => method === 'POST')).toHaveLength(1)
  })
})

/**
 * A role that lives for two seconds, under 200 requests a second for a minute: an STS that verifies who asks, a server
 * that verifies its keys with their tokens, and no request that fails.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { CALLER, startRoleServer } from '../../../../test/kit/role-server.ts'
import { startServer } from '../../../../test/kit/servers.ts'
import { createSignedFetch } from '../adapters/fetch.ts'
import { createSigner } from '../index.ts'
import { requireSignature, verifiedOf } from '../servers/node.ts'
import { createVerifier } from '../verify/index.ts'
import { cacheCredentials, fromAssumeRole } from './index.ts'

const SECONDS = 60
const RATE = 200

it('signs every one of 12,000 requests with living keys', async () => {
  const sts = await startRoleServer()
  sts.lifetime = 2
  const verifier = createVerifier({ secrets: sts.find, service: 'execute-api', region: 'eu-west-1' })
  const guard = requireSignature(verifier)
  const keys = new Set<string>()
  const api = await startServer((request, response) =>
    guard(request, response, () => {
      keys.add(verifiedOf(request).accessKeyId)
      response.end('ok')
    }),
  )

  const credentials = cacheCredentials(
    fromAssumeRole({
      credentials: CALLER,
      region: 'eu-west-1',
      endpoint: sts.origin,
      roleArn: 'arn:aws:iam::123456789012:role/reader',
    }),
  )
  const options = { credentials, service: 'execute-api', region: 'eu-west-1' }
  // Two signers, as two services of one program have them.
  const clients = [createSigner(options), createSigner(options)].map((signer) => createSignedFetch(signer))

  const failures: string[] = []
  const underWay: Promise<void>[] = []
  async function send(number: number): Promise<void> {
    const response = await clients[number % 2]!(`${api.origin}/notes/${number}`)
    const text = await response.text()
    if (text !== 'ok') failures.push(`${response.status} ${text}`)
  }
  const start = performance.now()
  for (let number = 0; number < RATE * SECONDS; number++) {
    underWay.push(send(number).catch((error: unknown) => void failures.push(String(error))))
    const ahead = (number * 1000) / RATE - (performance.now() - start)
    if (ahead > 0) await wait(ahead)
  }
  await Promise.all(underWay)

  expect(failures).toEqual([])
  expect(sts.mostAtOnce).toBe(1)
  expect(keys.size).toBe(sts.asked.length)
  expect(sts.asked.length).toBeGreaterThanOrEqual(SECONDS / 2 - 1)
  // Each is replaced when a third of its life is left.
  expect(sts.asked.length).toBeLessThan(SECONDS)
  await Promise.all([api.close(), sts.close()])
})

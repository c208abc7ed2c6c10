/**
 * What a server has to refuse, and that the command tells why; and secrets with characters that get damaged easily.
 */
import assert from 'node:assert/strict'
import { exchange, presign, send } from './command.mjs'

const SIGNATURE = 5
const CLOCK = 6
const PERMISSION = 7

/**
 * Sends what must be refused.
 *
 * @param {import('./buckets.mjs').Place} place
 * @param {import('./store.mjs').Store} store
 */
export async function tryRefusals({ trials, identity: { environment, token }, bucket }, { stranger }) {
  const secret = environment['AWS_SECRET_ACCESS_KEY'] ?? ''
  const wrong = { ...environment, AWS_SECRET_ACCESS_KEY: `${secret.slice(0, -1)}~` }
  const unknown = { ...environment, AWS_ACCESS_KEY_ID: 'AKIAUNKNOWN000000000', AWS_SESSION_TOKEN: '' }
  const anHourAgo = new Date(Date.now() - 3_600_000).toISOString()
  const url = `${bucket}/refused`
  const byHeader = (/** @type {string} */ operation, /** @type {() => Promise<void>} */ action) =>
    trials.try({ operation, how: 'header', token }, action)
  const byUrl = (/** @type {string} */ operation, /** @type {() => Promise<void>} */ action) =>
    trials.try({ operation, how: 'presigned', token }, action)

  await byHeader('refused: wrong secret', async () => {
    await send(wrong, [url], { code: SIGNATURE })
    await send(wrong, ['-X', 'PUT', '--data-binary', 'a', url], { code: SIGNATURE })
  })
  await byHeader('refused: unknown key', async () => {
    await send(unknown, [url], { code: SIGNATURE })
  })
  await byHeader('refused: clock an hour late', async () => {
    await send(environment, ['--at', anHourAgo, url], { code: CLOCK })
  })
  if (stranger) {
    await byHeader('refused: no permission', async () => {
      await send(stranger.environment, [url], { code: PERMISSION })
    })
  }
  // First what is right, so that a refusal below is for the change and for nothing else.
  const right = await presign(environment, ['-X', 'PUT', url])
  await byUrl('accepted: what is altered below', () => expectStatus(right, 200))
  await byUrl('refused: wrong secret', async () =>
    expectStatus(await presign(wrong, ['-X', 'PUT', url]), 403),
  )
  await byUrl('refused: expired', async () => {
    const past = ['--at', anHourAgo, '--expires', '60']
    await expectStatus(await presign(environment, [...past, '-X', 'PUT', url]), 403)
  })
  await byUrl('refused: another key', () =>
    expectStatus({ ...right, url: right.url.replace('refused', 'other') }, 403),
  )
  await byUrl('refused: another method', () => expectStatus({ ...right, method: 'DELETE' }, 403))
  await byUrl('refused: a query more', () => expectStatus({ ...right, url: `${right.url}&acl` }, 403))
  await byUrl('refused: a longer life', async () => {
    await expectStatus({ ...right, url: right.url.replace('X-Amz-Expires=3600', 'X-Amz-Expires=36000') }, 403)
  })
}

/** @param {Parameters<typeof exchange>[0]} request @param {number} expected */
async function expectStatus(request, expected) {
  const { status, body } = await exchange(request, request.method === 'PUT' ? Buffer.from('a') : undefined)
  assert.equal(status, expected, body.toString())
}

/**
 * Signs once by header and once by URL with each key.
 *
 * @param {import('./trials.mjs').Trials} trials
 * @param {import('./store.mjs').Store} store
 */
export async function trySecrets(trials, { otherKeys, endpoint }) {
  for (const { environment, token } of otherKeys) {
    const mark = (environment['AWS_SECRET_ACCESS_KEY'] ?? '').split(/[\da-f]{16}/)[0]
    const operation = `list buckets, secret with ${mark}`
    await trials.try({ operation, how: 'header', token }, async () => {
      await send(environment, [`${endpoint}/`])
    })
    await trials.try({ operation, how: 'presigned', token }, async () => {
      const { status, body } = await exchange(await presign(environment, [`${endpoint}/`]))
      assert.equal(status, 200, body.toString())
    })
  }
}

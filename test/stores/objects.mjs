/**
 * What is done to one object, whatever its key: by signed headers first, then by presigned URLs.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { exchange, presign, send } from './command.mjs'
import { listedKeys } from './listing.mjs'
import { encodeKey, typeKey } from './odd-keys.mjs'

/**
 * Puts, gets, lists and deletes an object.
 *
 * @param {import('./trials.mjs').Trials} trials
 * @param {import('./store.mjs').Identity} identity
 * @param {string} bucket URL
 * @param {[name: string, key: string]} entry
 */
export async function tryObject(trials, { environment, token }, bucket, [name, key]) {
  const encoded = `${bucket}/${encodeKey(key)}`
  const typed = `${bucket}/${typeKey(key)}`
  const byHeader = (/** @type {string} */ operation, /** @type {() => Promise<void>} */ action) =>
    trials.try({ operation, key: name, how: 'header', token }, action)
  const byUrl = (/** @type {string} */ operation, /** @type {() => Promise<void>} */ action) =>
    trials.try({ operation, key: name, how: 'presigned', token }, action)

  const first = randomBytes(300)
  await byHeader('put object', async () => {
    await send(environment, ['-X', 'PUT', '--data-binary', '@-', encoded], { input: first })
  })
  await byHeader('get object', async () => {
    assert.deepEqual(await send(environment, [encoded]), first)
  })
  await byHeader('get object, URL as typed', async () => {
    assert.deepEqual(await send(environment, [typed]), first)
  })
  await byHeader('head object', async () => {
    assert.match((await send(environment, ['-I', encoded])).toString(), /^content-length: 300\r?$/im)
  })
  await byHeader('list by prefix', async () => {
    const query = ['--url-query', 'list-type=2', '--url-query', `prefix=${key}`]
    assert.deepEqual(listedKeys(await send(environment, [...query, bucket])), [key])
  })
  await byHeader('delete object', async () => {
    await send(environment, ['-X', 'DELETE', encoded])
  })
  await byHeader('get object that is gone', async () => {
    assert.match((await send(environment, [encoded], { code: 22 })).toString(), /NoSuchKey/)
  })

  const second = randomBytes(300)
  await byUrl('put object', async () => {
    const answer = await exchange(await presign(environment, ['-X', 'PUT', encoded]), second)
    assert.equal(answer.status, 200, answer.body.toString())
  })
  await byUrl('get object, URL as typed', async () => {
    const answer = await exchange(await presign(environment, [typed]))
    assert.equal(answer.status, 200, answer.body.toString())
    assert.deepEqual(answer.body, second)
  })
  await byUrl('delete object', async () => {
    const answer = await exchange(await presign(environment, ['-X', 'DELETE', encoded]))
    assert.equal(answer.status, 204, answer.body.toString())
  })
}

/**
 * Bodies of 20 MiB, and of nothing: from a file, from a pipe, hashed and not.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exchange, presign, send } from './command.mjs'

/**
 * Puts each body, and gets it again.
 *
 * @param {import('./buckets.mjs').Place} place
 * @param {import('./store.mjs').Store} store
 */
export async function tryUploads({ trials, identity: { environment, token }, bucket }, { secure }) {
  const content = randomBytes(20 * 2 ** 20)
  const folder = await mkdtemp(join(tmpdir(), 'countersign-upload-'))
  const file = join(folder, 'twenty MiB.bin')
  await writeFile(file, content)
  const url = `${bucket}/large`
  // Unsigned bodies go over https alone.
  const safeUrl = secure ? `${secure.endpoint}${new URL(url).pathname}` : url
  const trust = secure ? ['--cacert', secure.certificate] : []
  /** @type {[operation: string, args: string[], input?: Uint8Array][]} */
  const uploads = [
    ['put 20 MiB, file', ['-T', file, url]],
    ['put 20 MiB, file, named by URL', ['-T', file, `${bucket}/`]],
    ['put 20 MiB, pipe', ['-T', '-', url], content],
  ]
  if (safeUrl.startsWith('https:')) {
    // S3 wants to know the length, which a pipe does not tell.
    const length = ['-H', `Content-Length: ${content.length}`]
    uploads.push(
      ['put 20 MiB, file, https', [...trust, '-T', file, safeUrl]],
      ['put 20 MiB, file, unsigned', [...trust, '--unsigned-payload', '-T', file, safeUrl]],
      [
        'put 20 MiB, pipe, unsigned',
        [...trust, ...length, '--unsigned-payload', '-T', '-', safeUrl],
        content,
      ],
    )
  }
  for (const [operation, args, input] of uploads) {
    await trials.try({ operation, how: 'header', token }, async () => {
      await send(environment, args, input ? { input } : {})
      const stored = operation.endsWith('by URL') ? `${bucket}/twenty%20MiB.bin` : url
      assert.ok(content.equals(await send(environment, [stored])), 'other bytes came back')
      await send(environment, ['-X', 'DELETE', stored])
    })
  }
  await trials.try({ operation: 'put 20 MiB', how: 'presigned', token }, async () => {
    const answer = await exchange(await presign(environment, ['-X', 'PUT', url]), content)
    assert.equal(answer.status, 200, answer.body.toString())
    const { body } = await exchange(await presign(environment, [url]))
    assert.ok(content.equals(body), 'other bytes came back')
  })
  await trials.try({ operation: 'put 0 bytes', how: 'header', token }, async () => {
    await send(environment, ['-T', '-', url])
    assert.equal((await send(environment, [url])).length, 0)
  })
  await rm(folder, { recursive: true })
}

/**
 * What is done to a bucket, and the parts of S3 whose requests look different: queries of a bare name, headers with
 * blanks, a copy, an upload in parts.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { exchange, presign, send } from './command.mjs'
import { elements } from './listing.mjs'
import { encodeKey } from './odd-keys.mjs'

const MIB = 2 ** 20

/** @typedef {{ trials: import('./trials.mjs').Trials, identity: import('./store.mjs').Identity, bucket: string }} Place */

/**
 * Makes the bucket, and looks at it from all sides.
 *
 * @param {Place} place
 * @param {string} region
 */
export async function tryNewBucket({ trials, identity: { environment, token }, bucket }, region) {
  const [endpoint, name] = [
    bucket.slice(0, bucket.lastIndexOf('/')),
    bucket.slice(bucket.lastIndexOf('/') + 1),
  ]
  const trial = (/** @type {string} */ operation, /** @type {() => Promise<void>} */ action) =>
    trials.try({ operation, how: 'header', token }, action)
  await trial('create bucket', async () => {
    const place = `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`
    // AWS wants no place named for its first region.
    await send(environment, [
      '-X',
      'PUT',
      ...(region === 'us-east-1' ? [] : ['--data-binary', place]),
      bucket,
    ])
  })
  await trial('head bucket', async () => {
    await send(environment, ['-I', bucket])
  })
  await trial('list buckets', async () => {
    assert.ok(elements(await send(environment, [endpoint]), 'Name').includes(name))
  })
  for (const query of [
    'location',
    'acl',
    'versioning',
    'uploads',
    'list-type=2&prefix=a%20b%2F&delimiter=/&max-keys=2',
  ]) {
    await trial(`get ?${query.slice(0, 28)}`, async () => {
      assert.match((await send(environment, [`${bucket}?${query}`])).toString(), /^<\?xml/)
    })
  }
  await trials.try({ operation: 'list objects', how: 'presigned', token }, async () => {
    const answer = await exchange(await presign(environment, [`${bucket}?list-type=2&prefix=%20+%2B`]))
    assert.equal(answer.status, 200, answer.body.toString())
  })
}

/**
 * Requests on objects with something particular in the head or the query.
 *
 * @param {Place} place
 */
export async function trySpecialRequests({ trials, identity: { environment, token }, bucket }) {
  const key = 'special/a b+c%41.bin'
  const url = `${bucket}/${encodeKey(key)}`
  const content = randomBytes(1000)
  const put = ['-X', 'PUT', '--data-binary', '@-']
  const trial = (/** @type {string} */ operation, /** @type {() => Promise<void>} */ action) =>
    trials.try({ operation, key: 'space, plus, %41', how: 'header', token }, action)
  await trial('put, metadata with blanks', async () => {
    const headers = [
      '-H',
      'x-amz-meta-note:   two  blanks, a comma ',
      '-H',
      'content-type: text/x-odd; a="b  c"',
    ]
    await send(environment, [...put, ...headers, url], { input: content })
    assert.match(
      (await send(environment, ['-I', url])).toString(),
      /^x-amz-meta-note: two +blanks, a comma\r?$/im,
    )
  })
  await trial('get a range', async () => {
    assert.deepEqual(await send(environment, ['-H', 'Range: bytes=10-19', url]), content.subarray(10, 20))
  })
  await trial('copy', async () => {
    const source = `/${bucket.slice(bucket.lastIndexOf('/') + 1)}/${encodeKey(key)}`
    await send(environment, ['-X', 'PUT', '-H', `x-amz-copy-source: ${source}`, `${bucket}/copy`])
    assert.deepEqual(await send(environment, [`${bucket}/copy`]), content)
  })
  await trial('upload in parts', async () => {
    const parts = [randomBytes(5 * MIB), randomBytes(1000)]
    const [id = ''] = elements(await send(environment, ['-X', 'POST', `${url}?uploads`]), 'UploadId')
    const tags = []
    for (const [index, input] of parts.entries()) {
      const query = `partNumber=${index + 1}&uploadId=${encodeURIComponent(id)}`
      const head = await send(environment, ['-i', ...put, `${url}?${query}`], { input })
      tags.push(/^etag: (.*?)\r?$/im.exec(head.toString())?.[1] ?? '')
    }
    const list = tags
      .map((tag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${tag}</ETag></Part>`)
      .join('')
    const body = `<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`
    await send(environment, ['--data-binary', body, `${url}?uploadId=${encodeURIComponent(id)}`])
    assert.ok(Buffer.concat(parts).equals(await send(environment, [url])), 'other bytes came back')
  })
  await trials.try({ operation: 'put with a signed header', how: 'presigned', token }, async () => {
    const request = await presign(environment, ['-X', 'PUT', '-H', 'x-amz-meta-a: b  c', `${bucket}/copy`])
    assert.deepEqual(request.headers, [['x-amz-meta-a', 'b  c']])
    assert.equal((await exchange({ ...request, headers: [] }, content)).status, 403)
    assert.equal((await exchange(request, content)).status, 200)
  })
}

/**
 * Deletes the bucket, with what is left in it.
 *
 * @param {Place} place
 */
export async function tryDeleteBucket({ trials, identity: { environment, token }, bucket }) {
  await trials.try({ operation: 'delete bucket', how: 'header', token }, async () => {
    for (const key of elements(await send(environment, [`${bucket}?list-type=2`]), 'Key')) {
      await send(environment, ['-X', 'DELETE', `${bucket}/${encodeKey(key)}`])
    }
    await send(environment, ['-X', 'DELETE', bucket])
    await send(environment, [bucket], { code: 22 })
  })
}

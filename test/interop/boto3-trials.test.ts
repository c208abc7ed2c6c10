/**
 * boto3 at a store that takes version 2 and at one that does not. One process does it all, and is asked for each trial.
 */
import { fileURLToPath } from 'node:url'
import { afterAll, expect } from 'vitest'
import { startLineProcess, type LineProcess } from './line-process.ts'
import { expectDownloads, expectUploads, fetchPlain } from './plain-request.ts'
import { describeWithPython } from './programs.ts'
import { KEY, REGION } from './stores.ts'
import { BIG, contentOf, KEYS, tryClient, type Home } from './try-client.ts'

const script = fileURLToPath(new URL('boto3-trials.py', import.meta.url))
const NOT_SUPPORTED = [
  'InvalidRequest',
  'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
]

interface Form {
  readonly url: string
  readonly fields: Readonly<Record<string, string>>
}

/** Sends an upload form. */
async function upload({ url, fields }: Form): Promise<{ status: number; text: string }> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  form.set('file', new Blob(['uploaded']))
  const answer = await fetch(url, { method: 'POST', body: form })
  return { status: answer.status, text: await answer.text() }
}

describeWithPython('boto3', 'boto3', (python) => {
  let started: LineProcess | undefined
  afterAll(async () => started?.end())

  /** Starts boto3 and tells it where everything is. */
  function start(home: Home): LineProcess {
    const { store, older, ahead, secure, certificate } = home.stores
    const origins = { store: store.origin, older: older.origin, ahead: ahead.origin, secure: secure.origin }
    const files = { certificate: certificate.file, big: home.file('big') }
    const boto3 = startLineProcess(python, [script])
    boto3.tell({ ...KEY, ...origins, ...files, region: REGION, keys: KEYS })
    return boto3
  }

  tryClient('boto3', (home) => {
    const ask = async (trial: string): Promise<unknown> => (started ??= start(home)).ask(trial)
    const askForUrls = async (trial: string): Promise<Map<string, string>> =>
      new Map(Object.entries((await ask(trial)) as Record<string, string>))

    return {
      async buckets() {
        const [location, names] = (await ask('buckets')) as [string, string[]]
        expect(location).toBe(REGION)
        expect(names).toContain('made')
      },
      async small() {
        expect(await ask('small')).toEqual([5, 'hello'])
        expect(home.keysIn('bucket')).toEqual([])
      },
      async large() {
        expect(await ask('large')).toBe(BIG.length)
        expect(home.isBig('/bucket/big')).toBe(true)
      },
      async parts() {
        await ask('parts')
        expect(home.isBig('/bucket/parts')).toBe(true)
      },
      async stream() {
        await ask('stream')
        expect(home.textOf('/bucket/stream')).toBe('streamed')
      },
      async keys() {
        expect(await ask('keys')).toEqual(KEYS.map(contentOf))
        expect(home.keysIn('bucket')).toEqual(KEYS)
      },
      async range() {
        home.fill('bucket', ['k'])
        expect(await ask('range')).toBe('nte')
      },
      async copy() {
        home.fill('bucket', ['a b'])
        await ask('copy')
        expect(home.textOf('/bucket/copied')).toBe('content of a b')
      },
      async list() {
        home.fill('bucket', ['a b/1', 'a b/2', 'c'])
        expect(await ask('list')).toEqual([
          ['a b/1', 'a b/2'],
          ['a b/1', 'a b/2'],
        ])
      },
      async deleteMany() {
        home.fill('bucket', ['a&b', 'c', 'd'])
        await ask('deleteMany')
        expect(home.keysIn('bucket')).toEqual(['d'])
      },
      presignedGet: async () => expectDownloads(home, await askForUrls('presignedGet')),
      presignedPut: async () => expectUploads(home, await askForUrls('presignedPut')),
      async form() {
        for (const trial of ['form', 'olderForm']) {
          home.stores.objects.clear()
          expect(await upload((await ask(trial)) as Form)).toMatchObject({ status: 204 })
          expect(home.textOf('/bucket/caf\u00e9 1')).toBe('uploaded')
        }
      },
      async https() {
        expect(await ask('https')).toEqual(['secure', 'small'])
        expect(home.isBig('/bucket/secure')).toBe(true)
        const modes = home.stores.secure.verified.map(({ covered }) =>
          new Map(covered.headers).get('x-amz-content-sha256'),
        )
        expect(modes).toContain('STREAMING-UNSIGNED-PAYLOAD-TRAILER')
      },
      async wrongSecret() {
        expect(await ask('wrongSecret')).toMatchObject(['SignatureDoesNotMatch', expect.anything()])
      },
      async unknownKey() {
        expect(await ask('unknownKey')).toMatchObject(['InvalidAccessKeyId', expect.anything()])
      },
      async clock() {
        expect(await ask('clock')).toMatchObject(['RequestTimeTooSkewed', expect.anything()])
      },
      async older() {
        expect(await ask('older')).toEqual(['older', NOT_SUPPORTED])
        expect(new Set(home.stores.older.verified.map(({ algorithm }) => algorithm))).toEqual(
          new Set(['AWS']),
        )
      },
      async olderPresigned() {
        await expectUploads(home, await askForUrls('olderPresignedPut'))
        const urls = await askForUrls('olderPresignedGet')
        await expectDownloads(home, urls)
        const [url = ''] = urls.values()
        const elsewhere = await fetchPlain(url.replace(home.stores.older.origin, home.stores.store.origin))
        expect(elsewhere.status).toBe(400)
        expect(elsewhere.text).toContain(NOT_SUPPORTED[1])
      },
    }
  })
})

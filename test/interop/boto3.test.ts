import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { requireSignature } from '../../packages/countersign/src/servers/node.ts'
import { awsJson, createVerifier, queryXml } from '../../packages/countersign/src/verify/index.ts'
import type { Found } from '../../packages/countersign/src/verify/index.ts'
import { startServer, type Listening } from '../kit/servers.ts'
import { CLIENTS } from '../wire/clients.ts'
import { describeWithPython, run } from './programs.ts'
import { startStore, type Store } from './s3-store.ts'
import { compareBytes } from './store/list.ts'

const script = fileURLToPath(new URL('boto3-client.py', import.meta.url))
const region = 'eu-central-1'
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const sessionToken = 'FwoGZXIvYXdzE/+=='
const found: ReadonlyMap<string, Found> = new Map([
  ['AKIDEXAMPLE', { secretAccessKey }],
  ['ASIDTEMPORARY', { secretAccessKey, sessionToken }],
])
const common = { secrets: (id: string) => found.get(id), region }
const MINUTE = 60_000

const KEYS = [
  'plain',
  'a b+c/100%',
  'a b+c/%2F',
  'a//b',
  'a/../b',
  'a/./b',
  '../up',
  'trail/',
  '/lead',
  'a?b#c&d=e',
  "!'()*,;:@$[]",
  'caf\u00e9',
  'cafe\u0301',
  '\u65e5\u672c/\ud83e\udd8a',
  'a\\b',
  '~-_.',
  'x'.repeat(1024),
]

interface Results {
  readonly objects: {
    readonly fetched: Record<string, boolean>
    readonly listed: string[]
    readonly filtered: string[]
    readonly size: number
    readonly left: string[]
    readonly missing: string
  }
  readonly presigned: readonly { readonly key: string; readonly put: string; readonly get: string }[]
  readonly general: object
  readonly refusals: Record<string, string | null>
}

const listTables = '{"TableNames":["table"]}'
const identity =
  '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>' +
  '</GetCallerIdentityResult></GetCallerIdentityResponse>'

describeWithPython('boto3', 'boto3', (python) => {
  let store: Store
  let shifted: Store[] = []
  const general: Listening<unknown>[] = []
  beforeAll(async () => {
    store = await startStore({ ...common, service: 's3' })
    shifted = await Promise.all(
      [20, -20].map(async (minutes) =>
        startStore({ ...common, service: 's3', now: () => new Date(Date.now() + minutes * MINUTE) }),
      ),
    )
    for (const [service, respond, answer] of [
      ['sts', queryXml, identity],
      ['dynamodb', awsJson, listTables],
    ] as const) {
      const guard = requireSignature(createVerifier({ ...common, service }), { respond })
      general.push(
        await startServer((request, response) => guard(request, response, () => response.end(answer))),
      )
    }
  })
  afterAll(async () => {
    await Promise.all([store, ...shifted, ...general].map(async (server) => server.close()))
  })

  async function perform<P extends keyof Results>(...parts: P[]): Promise<Pick<Results, P>> {
    const plan = {
      parts,
      keys: KEYS,
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey,
      sessionToken,
      region,
      store: store.origin,
      lateStore: shifted[0]!.origin,
      earlyStore: shifted[1]!.origin,
      sts: general[0]!.origin,
      dynamodb: general[1]!.origin,
    }
    const env = {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      PYTHONDONTWRITEBYTECODE: '1',
    }
    return JSON.parse(await run(python, [script], { input: JSON.stringify(plan), env })) as Pick<Results, P>
  }

  it('puts, gets, lists and deletes objects of odd names', async () => {
    const { objects } = await perform('objects')
    expect(objects).toEqual({
      fetched: Object.fromEntries(KEYS.map((key) => [key, true])),
      listed: KEYS.toSorted(compareBytes),
      filtered: ['a b+c/%2F', 'a b+c/100%'],
      size: 300_000,
      left: [],
      missing: 'NoSuchKey',
    })
    expect(store.refused).toEqual([])
    const puts = store.verified.filter(({ covered }) => covered.method === 'PUT')
    expect(new Set(puts.map(({ payload }) => payload))).toEqual(new Set(['verified']))
    expect(puts[0]!.covered.headers.map(([name]) => name)).toContain('x-amz-meta-name')
  })

  it('makes presigned URLs that work, whatever the name of the object', async () => {
    const { presigned } = await perform('presigned')
    const [client] = CLIENTS
    for (const { key, put, get } of presigned) {
      const body = new TextEncoder().encode(`content of ${key}`)
      const stored = await client!.send({ method: 'PUT', url: put, headers: [], body }, store.port)
      expect(stored.status).toBe(200)
      expect(store.objects.get(`/bucket/${key}`)?.toString()).toBe(`content of ${key}`)
      const fetched = await client!.send({ method: 'GET', url: get, headers: [] }, store.port)
      expect(fetched).toEqual({ status: 200, body: `content of ${key}` })
      const misused = await client!.send({ method: 'PUT', url: get, headers: [] }, store.port)
      expect(misused.status).toBe(403)
    }
    expect(presigned).toHaveLength(KEYS.length)
    expect(store.verified.at(-1)).toMatchObject({ mechanism: 'query' })
  })

  it('calls services of the general kind, with forms and with JSON', async () => {
    const results = await perform('general')
    expect(results.general).toEqual({ account: '123456789012', tables: ['table'], put: 200 })
  })

  it('reads the code out of every refusal', async () => {
    const { refusals } = await perform('refusals')
    expect(refusals).toEqual({
      'wrong secret': 'SignatureDoesNotMatch',
      'wrong secret, put': 'SignatureDoesNotMatch',
      // The answer to a HEAD has no body to read.
      'wrong secret, head': '403',
      'wrong secret, sts': 'SignatureDoesNotMatch',
      'wrong secret, dynamodb': 'InvalidSignatureException',
      'unknown key': 'InvalidAccessKeyId',
      'temporary key': null,
      'stale token': 'InvalidToken',
      // boto3 read the region out of the refusal, signed for it, and was let in.
      'other region': null,
      clock: 'RequestTimeTooSkewed',
      'clock, early': 'RequestTimeTooSkewed',
    })
    expect(store.refused.map(({ code }) => code)).toContain('SCOPE_REGION_WRONG')
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HttpRequest } from '../../packages/countersign/src/index.ts'
import { valuesOf } from '../kit/raw-http.ts'
import { CLIENTS, targetOf, type ClientName } from './clients.ts'
import { handing, openWay, signedFetching, type Delivery, type Sender, type Way } from './delivery.ts'
import {
  BODY_ROWS,
  HEADER_ROWS,
  HOST_ROWS,
  KEY_ROWS,
  METHOD_ROWS,
  PATH_ROWS,
  QUERY_ROWS,
  REWRITTEN_HOST_ROWS,
  type Carrier,
  type Refusal,
  type Row,
  type Service,
} from './rows.ts'

const ROWS = [
  ...HEADER_ROWS,
  ...PATH_ROWS,
  ...QUERY_ROWS,
  ...HOST_ROWS,
  ...REWRITTEN_HOST_ROWS,
  ...KEY_ROWS,
  ...METHOD_ROWS,
  ...BODY_ROWS,
]

const SENDERS: readonly { name: ClientName; send: Sender; carriers: readonly Carrier[] }[] = [
  ...CLIENTS.map((client) => ({
    name: client.name,
    send: handing(client),
    carriers: ['header', 'query'] as const,
  })),
  { name: 'signed fetch', send: signedFetching, carriers: ['header'] },
]

let way: Way
beforeAll(async () => {
  way = await openWay()
})
afterAll(async () => {
  await way.close()
})

function requestOf(row: Row): HttpRequest {
  return {
    method: row.method ?? 'GET',
    url: (row.url ?? `http://127.0.0.1:*${row.target ?? '/'}`).replace('*', String(way.port)),
    headers: row.headers,
    body: row.body?.(),
  }
}

function expectRefusal(
  { refusedBySigner, refusedByServer, verdict, status }: Delivery,
  refusal: Refusal,
): void {
  if (refusal.by === 'signer') {
    expect(refusedBySigner).toMatchObject({ name: 'SigningError', code: refusal.code })
    return
  }
  expect(refusedBySigner).toBeUndefined()
  expect(verdict).toMatchObject({ name: 'VerificationError', code: refusal.code })
  expect(refusedByServer).toMatchObject({ code: refusal.code })
  expect(status).toBe(403)
}

/** What was signed is what was sent, for whatever a verifier could overlook. */
function expectSameOnWire({ signed, raw }: Delivery): void {
  if (!signed || !raw) return
  expect(raw.method).toBe(signed.method)
  for (const name of signed.signedHeaders) {
    const meant = signed.headers.filter(([other]) => other === name).map(([, value]) => value.trim())
    if (meant.length > 0) expect(valuesOf(raw.headers, name).join()).toBe(meant.join())
  }
}

async function expectBody(row: Row, { raw, servedBody }: Delivery): Promise<void> {
  if (row.isForm) {
    const contentType = valuesOf(raw!.headers, 'content-type')[0]!
    const form = await new Response(servedBody as BodyInit, {
      headers: { 'content-type': contentType },
    }).formData()
    expect(form.get('name')).toBe('caf\u00e9')
    expect(await (form.get('file') as File).text()).toBe('\r\n--x\r\n')
  } else if (row.bytes) {
    expect(Buffer.compare(servedBody!, row.bytes)).toBe(0)
    expect(Buffer.compare(raw!.body ?? new Uint8Array(), row.bytes)).toBe(0)
  } else {
    expect(raw!.body ?? []).toHaveLength(0)
  }
}

function expectCanonical(row: Row, service: Service, carrier: Carrier, { signed }: Delivery): void {
  if (!signed) return
  const [, path, query] = signed.canonicalRequest.split('\n')
  const meantPath = service === 's3' ? row.pathAtS3 : row.canonicalPath
  if (meantPath !== undefined) expect(path).toBe(meantPath)
  if (row.canonicalQuery !== undefined && carrier === 'header') expect(query).toBe(row.canonicalQuery)
  if (row.headerLine !== undefined) expect(signed.canonicalRequest).toContain(`\n${row.headerLine}\n`)
}

async function expectArrival(
  row: Row,
  service: Service,
  carrier: Carrier,
  delivery: Delivery,
): Promise<void> {
  const { refusedBySigner, verdict, raw, served, status } = delivery
  expect(refusedBySigner).toBeUndefined()
  expect(verdict).toMatchObject({ accessKeyId: 'AKIDEXAMPLE', mechanism: carrier })
  expect(status).toBe(200)
  expect(served).toMatchObject({ mechanism: carrier, scope: { service } })
  expectSameOnWire(delivery)
  expectCanonical(row, service, carrier, delivery)
  await expectBody(row, delivery)
  if (row.sees !== undefined) expect(decodeURIComponent(raw!.target.split('?')[0]!)).toBe(row.sees)
  if (row.host !== undefined) expect(valuesOf(raw!.headers, 'host')).toEqual([row.host])
  if (row.sentMethod !== undefined) expect(raw!.method).toBe(row.sentMethod)
}

describe.each(SENDERS)('$name', ({ name, send, carriers }) => {
  for (const row of ROWS) {
    for (const service of row.services ?? (['s3', 'execute-api'] as const)) {
      for (const carrier of (row.carriers ?? carriers).filter((one) => carriers.includes(one))) {
        const refusal = row.refused ?? row.altered?.(name, service, carrier)
        const fate = refusal ? `is refused by the ${refusal.by}` : 'arrives as it was signed'
        it(`row ${row.row}, ${row.name}, ${service} in the ${carrier}: ${fate}`, async () => {
          const delivery = await way.deliver(send, requestOf(row), service, carrier)
          if (refusal) expectRefusal(delivery, refusal)
          else await expectArrival(row, service, carrier, delivery)
        })
      }
    }
  }
})

describe('the target', () => {
  const [nodeHttp, undici] = SENDERS
  const targets = [...PATH_ROWS, ...QUERY_ROWS, ...KEY_ROWS]
  it.each([nodeHttp!, undici!])('goes out to the byte as it was signed by $name', async ({ send }) => {
    for (const row of targets) {
      for (const carrier of ['header', 'query'] as const) {
        const { signed, raw } = await way.deliver(send, requestOf(row), 's3', carrier)
        expect(raw?.target).toBe(targetOf(signed!.url))
      }
    }
  })
})

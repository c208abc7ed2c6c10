/**
 * The tests of the rows of the table of attacks that are about keys and tokens: B1 to B17.
 */
import { inspect } from 'node:util'
import { expect, vi } from 'vitest'
import { VerifyingKey } from '../../packages/countersign/src/keys/verifying-key.ts'
import {
  apiGateway,
  awsJson,
  queryXml,
  restJson,
  s3Xml,
  type Found,
} from '../../packages/countersign/src/verify/index.ts'
import { attack } from '../kit/attack.ts'
import { socketOf } from '../kit/everywhere.ts'
import {
  EVERYWHERE,
  KEY_ID,
  MECHANISMS,
  presign,
  refusalOf,
  SECRET,
  signInHeader,
  TOKEN,
  verifierFor,
  withAuthorization,
  withBadSignature,
  withHeaders,
  withTarget,
  type SentMessage,
} from '../kit/messages.ts'

const temporary = { secrets: () => ({ secretAccessKey: SECRET, sessionToken: TOKEN, principal: 'alice' }) }

attack('B1', async (proof) => {
  for (const { sign, service } of EVERYWHERE) {
    await proof.letIn(sign({ service }))
    await proof.refused(sign({ service, sessionToken: TOKEN }), 'TOKEN_INVALID')
  }
})

attack('B2', async (proof) => {
  for (const { sign, service } of EVERYWHERE) {
    await proof.letIn(sign({ service, sessionToken: TOKEN }), temporary)
    await proof.refused(sign({ service }), 'TOKEN_MISSING', temporary)
    await proof.refused(sign({ service, sessionToken: 'of user 2' }), 'TOKEN_INVALID', temporary)
  }
})

attack('B3', async (proof) => {
  for (const { sign, service } of EVERYWHERE) {
    const added = withHeaders(sign({ service }), ['x-amz-security-token', TOKEN])
    await proof.refused(added, 'HEADERS_NOT_SIGNED', temporary)
  }
  const url = withTarget(presign(), (text) => `${text}&X-Amz-Security-Token=${encodeURIComponent(TOKEN)}`)
  await proof.refused(url, 'SIGNATURE_MISMATCH', temporary)
})

attack('B6', async (proof) => {
  for (const { sign } of MECHANISMS) {
    const message = sign({ sessionToken: TOKEN })
    const right = /Signature=([0-9a-f]{64})/.exec(message.target + inspect(message.headers))![1]!
    const error = await proof.refused(withBadSignature(message), 'SIGNATURE_MISMATCH', temporary)
    const answers = [s3Xml, queryXml, restJson, awsJson, apiGateway].map((write) => write(error))
    const said = [error.message, error.stack, JSON.stringify(error), inspect(error), inspect(answers)].join()
    for (const secret of [SECRET, right, `AWS4${SECRET}`]) expect(said).not.toContain(secret)
  }
})

attack('B11', async (proof) => {
  const url = presign()
  const login = { service: 'sts' }
  await proof.letIn(url)
  await proof.refused(url, 'SCOPE_SERVICE_WRONG', login)
  const told = withHeaders(url, ['x-amz-string-to-sign', 'QVdTNC1ITUFDLVNIQTI1Ng=='])
  await proof.refused(told, 'HEADERS_NOT_SIGNED')
  const moved = withTarget(url, (text) => text.replace('/bucket/key', '/login'))
  await proof.refused(withHeaders(moved, ['string-to-sign', 'AWS4-HMAC-SHA256']), 'SIGNATURE_MISMATCH')
})

attack('B12', async (proof) => {
  let found: Found<string> | undefined
  const verifier = verifierFor({ secrets: () => found })
  const socket = await socketOf('http1')
  const other = await socketOf('http2')
  const codes = async (message: SentMessage): Promise<(string | undefined)[]> => {
    const here = await verifier.verify(message).catch((error: unknown) => error)
    const seen = [await socket.send(message, verifier), await other.send(message, verifier)]
    for (const { refusal } of seen) if (refusal) proof.saw(refusal, 'http1', 'http2')
    const code = here instanceof Error && 'code' in here ? String(here.code) : undefined
    return [code, ...seen.map(({ refusal }) => refusal?.code)]
  }
  for (const { sign } of MECHANISMS) {
    found = { secretAccessKey: SECRET, principal: 'alice' }
    expect(await codes(sign())).toEqual([undefined, undefined, undefined])
    found = { secretAccessKey: 'rotated', principal: 'alice' }
    expect(await codes(sign())).toEqual(Array(3).fill('SIGNATURE_MISMATCH'))
    expect(await codes(sign({ secretAccessKey: 'rotated' }))).toEqual([undefined, undefined, undefined])
    found = undefined
    expect(await codes(sign({ secretAccessKey: 'rotated' }))).toEqual(Array(3).fill('KEY_UNKNOWN'))
  }
})

attack('B13', async (proof) => {
  const verifier = verifierFor({ region: '*' })
  const derive = vi.spyOn(VerifyingKey, 'derive')
  const at = (index: number): SentMessage => presign({ region: `region-${index}` })
  for (let index = 0; index < 300; index++) {
    const error: unknown = await verifier
      .verify(withBadSignature(at(index)))
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'SIGNATURE_MISMATCH' })
  }
  proof.saw(await refusalOf(withBadSignature(at(0)), { region: '*' }))
  derive.mockClear()
  await verifier.verify(at(0))
  await verifier.verify(at(0))
  expect(derive).toHaveBeenCalledTimes(1)
  for (let index = 1; index <= 1000; index++) await verifier.verify(at(index))
  derive.mockClear()
  await verifier.verify(at(0))
  expect(derive).toHaveBeenCalledTimes(1)
  derive.mockRestore()
})

attack('B14', async (proof) => {
  const derive = vi.spyOn(VerifyingKey, 'derive')
  for (const { sign } of MECHANISMS) {
    const forged = withBadSignature(sign())
    const counts: number[] = []
    for (const options of [undefined, { secrets: () => undefined }]) {
      const before = derive.mock.calls.length
      await refusalOf(forged, options)
      counts.push(derive.mock.calls.length - before)
    }
    expect(counts).toEqual([1, 1])
    const known = await proof.refused(forged, 'SIGNATURE_MISMATCH')
    const unknown = await proof.refused(sign({ accessKeyId: 'AKIDUNKNOWN' }), 'KEY_UNKNOWN')
    expect(unknown.status).toBe(known.status)
  }
  derive.mockRestore()
})

attack('B15', async (proof) => {
  const message = signInHeader()
  for (let place = 0; place < 64; place++) {
    const changed = withAuthorization(message, (value) => {
      const at = value.length - 64 + place
      return value.slice(0, at) + (value[at] === '0' ? '1' : '0') + value.slice(at + 1)
    })
    await proof.refused(changed, 'SIGNATURE_MISMATCH')
  }
})

attack('B16', async (proof) => {
  const anyKey = { secrets: () => ({ secretAccessKey: SECRET, principal: 'alice' }) }
  for (const accessKeyId of ['team/user', 'a=b', 'a+b', 'k'.repeat(128)])
    await proof.letIn(signInHeader({ accessKeyId }), anyKey)
  for (const accessKeyId of ['sch\u00fcssel', 'k'.repeat(129)])
    await proof.refused(signInHeader({ accessKeyId }), 'CREDENTIAL_MALFORMED', anyKey)
  await proof.refused(signInHeader({ accessKeyId: 'k'.repeat(1_000_000) }), 'LIMIT_EXCEEDED', anyKey)
})

attack('B17', async (proof) => {
  for (const { sign } of MECHANISMS) {
    const message = sign()
    await proof.refused({ ...message, method: 'PUT' }, 'SIGNATURE_MISMATCH')
    const longer = withTarget(message, (text) => text.replace('/bucket/key', '/bucket/key/more'))
    await proof.refused(longer, 'SIGNATURE_MISMATCH')
    for (const secretAccessKey of ['', [''], ['', '']]) {
      const unset = { secrets: (id: string) => (id === KEY_ID ? { secretAccessKey } : undefined) }
      const error: unknown = await verifierFor(unset)
        .verify(sign({ secretAccessKey: '' }))
        .catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ name: 'SigningError', code: 'SECRET_KEY_MISSING' })
      proof.saw({ code: 'SECRET_KEY_MISSING' })
    }
  }
})

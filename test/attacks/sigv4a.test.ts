/**
 * Attacks on requests that are signed with SigV4A: on their scope, their region set, their signature, and on the
 * border between the two algorithms.
 */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { VerifyingKey } from '../../packages/countersign/src/keys/verifying-key.ts'
import { presignUrl, signRequest } from '../../packages/countersign/src/index.ts'
import { sigV4A } from '../../packages/countersign/src/sigv4a.ts'
import { sigV4, type Found } from '../../packages/countersign/src/verify/index.ts'
import { expectLetIn, expectRefused } from '../kit/everywhere.ts'
import {
  dateAt,
  KEY_ID,
  NOW,
  presign,
  refusalOf,
  SECRET,
  SERVICES,
  signInHeader,
  withAuthorization,
  withHeaders,
  withTarget,
  type SentMessage,
  verifierFor,
} from '../kit/messages.ts'
import { BOTH, DAY, EVERYWHERE, malformed } from '../kit/sigv4a-messages.ts'

function change(message: SentMessage, edit: (text: string) => string): SentMessage {
  return withTarget(withAuthorization(message, edit), edit)
}

function signatureOf(message: SentMessage): string {
  return /Signature=([0-9a-f]+)/.exec(JSON.stringify(message))![1]!
}

function withSignature(message: SentMessage, signature: string): SentMessage {
  return change(message, (text) => text.replace(/Signature=[0-9a-f]+/, `Signature=${signature}`))
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('what is let in', () => {
  it.each(EVERYWHERE)('$mechanism, $service', async ({ sign, mechanism, service }) => {
    const verified = await expectLetIn(sign(), BOTH)
    expect(verified).toMatchObject({ algorithm: sigV4A.name, mechanism, regionSet: ['*'] })
    expect(verified.scope).toEqual({ date: DAY, service })
    await expectLetIn(sign({ body: 'text', method: 'PUT' }), BOTH)
  })

  it.each(EVERYWHERE)('SigV4 beside it: $mechanism, $service', async ({ signSymmetric }) => {
    const verified = await expectLetIn(signSymmetric(), BOTH)
    expect(verified.regionSet).toBeUndefined()
  })

  it.each(EVERYWHERE)('the look-up is told the claim: $mechanism, $service', async ({ sign, service }) => {
    const secrets = vi.fn<() => Found<string>>(() => ({ secretAccessKey: SECRET, principal: 'alice' }))
    await verifierFor({ ...BOTH, secrets }).verify(sign())
    const hints = { algorithm: sigV4A.name, date: DAY, region: undefined, service }
    expect(secrets.mock.calls).toEqual([[KEY_ID, hints]])
  })

  it('what the library signs itself', async () => {
    const url = 'https://tenant-a.example.com/bucket/key?x=1'
    const credentials = { accessKeyId: KEY_ID, secretAccessKey: SECRET }
    const options = {
      credentials,
      service: 's3',
      region: ['us-east-1', 'eu-*'],
      algorithm: sigV4A,
      date: NOW,
    }
    const { method, headers } = signRequest({ method: 'GET', url }, options)
    await expectLetIn({ method, headers, target: '/bucket/key?x=1' }, BOTH)
    const presigned = presignUrl({ method: 'GET', url }, options)
    const target = presigned.url.slice('https://tenant-a.example.com'.length)
    await expectLetIn({ method: 'GET', target, headers: [['host', 'tenant-a.example.com']] }, BOTH)
  })
})

describe('A2, V2 without sigV4A it is refused', () => {
  it.each(EVERYWHERE)('$mechanism, $service', async ({ mechanism, sign }) => {
    for (const options of [{}, { algorithms: [sigV4] }]) {
      if (mechanism === 'header')
        await expectRefused(sign(), 'MECHANISM_UNSUPPORTED', 'InvalidRequest', options)
      else await expectRefused(sign(), 'ALGORITHM_UNSUPPORTED', malformed('query'), options)
    }
  })

  it.each(EVERYWHERE)('and so is SigV4 without sigV4: $mechanism, $service', async ({ signSymmetric }) => {
    const { code } = await refusalOf(signSymmetric(), { algorithms: [sigV4A] })
    expect(['MECHANISM_UNSUPPORTED', 'ALGORITHM_UNSUPPORTED']).toContain(code)
  })
})

describe('a signature under the name of the other algorithm', () => {
  it.each(EVERYWHERE)('HMAC as ECDSA: $mechanism, $service', async ({ mechanism, sign, signSymmetric }) => {
    const renamed = change(signSymmetric(), (text) => text.replace(sigV4.name, sigV4A.name))
    await expectRefused(renamed, 'CREDENTIAL_MALFORMED', malformed(mechanism), BOTH)
    const moved = withSignature(sign(), signatureOf(signSymmetric()))
    await expectRefused(moved, 'SIGNATURE_MALFORMED', 'SignatureDoesNotMatch', BOTH)
  })

  it.each(EVERYWHERE)('ECDSA as HMAC: $mechanism, $service', async ({ mechanism, sign, signSymmetric }) => {
    const renamed = change(sign(), (text) => text.replace(sigV4A.name, sigV4.name))
    await expectRefused(renamed, 'CREDENTIAL_MALFORMED', malformed(mechanism), BOTH)
    const moved = withSignature(signSymmetric(), signatureOf(sign()))
    await expectRefused(moved, 'SIGNATURE_MALFORMED', 'SignatureDoesNotMatch', BOTH)
  })

  it('one text of a credential that means two, one after the other', async () => {
    const options = { ...BOTH, region: DAY }
    const symmetric = presign({ region: DAY })
    const asymmetric = presign({ isSigV4A: true, accessKeyId: `${KEY_ID}/${DAY}` })
    const credentialOf = ({ target }: SentMessage): string => /Credential=([^&]+)/.exec(target)![1]!
    expect(credentialOf(symmetric)).toBe(credentialOf(asymmetric))
    for (let i = 0; i < 2; i++) {
      await expectLetIn(symmetric, options)
      const { facts } = await expectRefused(asymmetric, 'KEY_UNKNOWN', 'InvalidAccessKeyId', options)
      expect(facts['accessKeyId']).toBe(`${KEY_ID}/${DAY}`)
    }
  })
})

describe('A19 scope', () => {
  const scopes = [
    `${DAY}/us-east-1/s3/aws4_request`,
    `${DAY}/aws4_request`,
    `${DAY}//aws4_request`,
    `${DAY}/s3/aws4_requestX`,
    `${DAY}/s3/nonsense`,
    `${DAY}/s3`,
    `${DAY.slice(1)}/s3/aws4_request`,
    `/s3/aws4_request`,
    `${DAY}/s 3/aws4_request`,
    `x/${DAY}/us-east-1/s3/aws4_request`,
  ]
  it.each(EVERYWHERE)('of another form: $mechanism, $service', async ({ mechanism, sign }) => {
    for (const scope of scopes) {
      await expectRefused(sign({ scope }), 'CREDENTIAL_MALFORMED', malformed(mechanism), BOTH)
    }
  })

  it.each(EVERYWHERE)(
    'of another service or day: $mechanism, $service',
    async ({ mechanism, sign, service }) => {
      const other = sign({ scope: `${DAY}/ec2/aws4_request` })
      await expectRefused(other, 'SCOPE_SERVICE_WRONG', malformed(mechanism), BOTH)
      const yesterday = sign({ scope: `20261121/${service}/aws4_request` })
      await expectRefused(yesterday, 'SCOPE_DATE_MISMATCH', malformed(mechanism), BOTH)
    },
  )
})

describe('region set', () => {
  const served = { ...BOTH, region: ['us-east-1', 'us-west-2'] }

  it.each(EVERYWHERE)('has a served region: $mechanism, $service', async ({ sign }) => {
    for (const regionSet of [
      '*',
      'us-*',
      'us-west-2',
      'eu-west-1,us-east-1',
      'eu-*, us-west-?,*-east-1'.replace('?', '2'),
    ]) {
      const { regionSet: regions } = await expectLetIn(sign({ regionSet }), served)
      expect(regions).toEqual(regionSet.split(/, ?/))
    }
  })

  it.each(EVERYWHERE)('has none: $mechanism, $service', async ({ mechanism, sign }) => {
    for (const regionSet of [
      'eu-west-1',
      'us-east-11',
      'eu-*',
      'us-east-2,us-west-1',
      'US-EAST-1',
      'us-east-1x*',
    ]) {
      await expectRefused(sign({ regionSet }), 'SCOPE_REGION_WRONG', malformed(mechanism), served)
    }
  })

  it.each(EVERYWHERE)('any is taken where every region is served: $mechanism, $service', async ({ sign }) => {
    await expectLetIn(sign({ regionSet: 'nowhere-1' }), { ...BOTH, region: '*' })
  })

  it.each(EVERYWHERE)('missing or malformed: $mechanism, $service', async ({ mechanism, sign }) => {
    const sets = [undefined, '', ',', 'us-east-1,', 'us-east-1;us-west-2', 'us/east', '*'.repeat(2000)]
    for (const regionSet of sets) {
      for (const options of [served, { ...BOTH, region: '*' }]) {
        await expectRefused(sign({ regionSet }), 'REGION_SET_INVALID', malformed(mechanism), options)
      }
    }
  })

  it.each(SERVICES)('changed after signing: %s', async (service) => {
    const draft = { service, isSigV4A: true, regionSet: 'eu-west-1' }
    const swap = ([name, value]: readonly [string, string]) =>
      [name, name === 'x-amz-region-set' ? '*' : value] as const
    const header = signInHeader(draft)
    const changed = { ...header, headers: header.headers.map(swap) }
    await expectRefused(changed, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch', served)
    const url = withTarget(presign(draft), (target) => target.replace('Set=eu-west-1', 'Set=%2A'))
    await expectRefused(url, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch', served)
  })

  it.each(SERVICES)('A5 not signed: %s', async (service) => {
    const names = service === 's3' ? 'host;x-amz-content-sha256;x-amz-date' : 'host;x-amz-date'
    const header = signInHeader({ service, isSigV4A: true, signedHeaders: names })
    const { facts } = await expectRefused(header, 'HEADERS_NOT_SIGNED', 'AccessDenied', served)
    expect(facts['headersNotSigned']).toBe('x-amz-region-set')
  })

  it.each(SERVICES)('A15 twice, or in two places: %s', async (service) => {
    const draft = { service, isSigV4A: true }
    const twice = withHeaders(signInHeader(draft), ['X-Amz-Region-Set', '*'])
    await expectRefused(twice, 'REQUEST_MALFORMED', 'InvalidRequest', served)
    const both = presign({ ...draft, headers: [['x-amz-region-set', '*']] })
    await expectRefused(both, 'MECHANISMS_SEVERAL', 'InvalidArgument', served)
    const again = withTarget(presign(draft), (target) => `${target}&X-Amz-Region-Set=%2A`)
    await expectRefused(again, 'QUERY_PARAMETER_MALFORMED', malformed('query'), served)
    const lower = withTarget(presign(draft), (target) =>
      target.replace('X-Amz-Region-Set', 'x-amz-region-set'),
    )
    await expectRefused(lower, 'QUERY_PARAMETER_MALFORMED', malformed('query'), served)
  })

  it('as a header alone is none of a presigned URL', async () => {
    const url = presign({ isSigV4A: true, regionSet: undefined, headers: [['x-amz-region-set', '*']] })
    await expectRefused(url, 'REGION_SET_INVALID', malformed('query'), served)
  })

  it('does not slow the refusal down, whatever its wildcards', async () => {
    const regionSet = `${'*a'.repeat(500)}*b`
    await expectRefused(
      signInHeader({ isSigV4A: true, regionSet }),
      'SCOPE_REGION_WRONG',
      malformed('header'),
      {
        ...BOTH,
        region: Array.from({ length: 100 }, () => 'a'.repeat(60)),
      },
    )
  })
})

describe('signature', () => {
  it.each(EVERYWHERE)('of another form: $mechanism, $service', async ({ sign }) => {
    const message = sign()
    const good = signatureOf(message)
    const forms = [
      good.toUpperCase(),
      `${good}00`,
      good.slice(2),
      '0'.repeat(64),
      '3006020100020100',
      `${good}**`,
    ]
    for (const signature of [...forms, 'ab'.repeat(5000)]) {
      const changed = withSignature(message, signature)
      await expectRefused(changed, 'SIGNATURE_MALFORMED', 'SignatureDoesNotMatch', BOTH)
    }
  })

  it.each(EVERYWHERE)('of another key or text: $mechanism, $service', async ({ sign }) => {
    const others = [
      sign({ secretAccessKey: 'other' }),
      sign({ target: '/other' }),
      sign({ amzDate: dateAt(-1) }),
    ]
    for (const other of others) {
      const changed = withSignature(sign(), signatureOf(other))
      const error = await expectRefused(changed, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch', BOTH)
      expect(JSON.stringify([error, error.message])).not.toContain(SECRET)
    }
  })

  it.each(EVERYWHERE)('every digit counts: $mechanism, $service', async ({ sign }) => {
    const message = sign()
    const good = signatureOf(message)
    for (let at = 0; at < good.length; at++) {
      const digit = ((parseInt(good[at]!, 16) + 1) % 16).toString(16)
      const changed = withSignature(message, good.slice(0, at) + digit + good.slice(at + 1))
      const { code } = await refusalOf(changed, BOTH)
      expect(['SIGNATURE_MALFORMED', 'SIGNATURE_MISMATCH']).toContain(code)
    }
  })

  it.each(EVERYWHERE)('of an unknown key: $mechanism, $service', async ({ sign }) => {
    const derive = vi.spyOn(VerifyingKey, 'derive')
    const unknown = sign({ accessKeyId: 'AKIDOTHER' })
    for (const message of [unknown, withSignature(unknown, '3006')])
      expect(await refusalOf(message, BOTH)).toMatchObject({ code: 'KEY_UNKNOWN' })
    expect(derive).toHaveBeenCalledTimes(2)
  })
})

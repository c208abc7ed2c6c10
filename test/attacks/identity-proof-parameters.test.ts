/**
 * Attacks with proofs of identity, refused before STS is asked: row B18, the signed headers, the signature, the
 * scope and the time.
 */
import { describe, expect, it } from 'vitest'
import { createIdentityProof } from '../../packages/countersign/src/identity-proof/index.ts'
import {
  NOW,
  region,
  audience,
  credentials,
  ALICE,
  changed,
  pack,
  repacked,
  verify,
  expectRefused,
  signedFor,
} from '../kit/identity-proofs.ts'

describe('B18 parameters in another case, twice, or not known', () => {
  it.each([
    '&x-amz-credential=eve',
    '&action=AssumeRole',
    '&X-AMZ-SIGNEDHEADERS=host',
    '&X-Amz-SignedHeaders=host%3Bx-countersign-audience',
    '&Action=GetCallerIdentity',
    '&RoleArn=x',
    '&X-Amz-Content-Sha256=x',
    '&X%2DAmz-Date=x',
    '&',
    '&a',
    '&=a',
    '&Version=',
    '&Version=%0a',
    '&Version=%zz',
    '&Version=a=b',
  ])('%s', async (more) => {
    await expectRefused(
      changed((url) => url + more),
      'PARAMETER_INVALID',
    )
    await expectRefused(
      changed((url) => url.replace('?', `?${more.slice(1)}&`)),
      'PARAMETER_INVALID',
    )
  })

  it.each([
    'Action',
    'Version',
    'X-Amz-Algorithm',
    'X-Amz-Credential',
    'X-Amz-Date',
    'X-Amz-Expires',
    'X-Amz-SignedHeaders',
    'X-Amz-Signature',
  ])('%s missing, empty, or in lower case alone', async (name) => {
    const expression = new RegExp(`([?&])${name}=([^&]*)&?`)
    await expectRefused(
      changed((url) => url.replace(expression, '$1')),
      'PARAMETER_INVALID',
    )
    await expectRefused(
      changed((url) => url.replace(expression, `$1${name}=&`)),
      'PARAMETER_INVALID',
    )
    await expectRefused(
      changed((url) => url.replace(`${name}=`, `${name.toLowerCase()}=`)),
      'PARAMETER_INVALID',
    )
  })

  it.each([
    ['x-countersign-audience', 'X-Countersign-Audience'],
    ['authorization', 'Authorization'],
    ['x-amz-date', 'X-Amz-Date'],
  ])('%s among the headers', async (name, twin) => {
    await expectRefused(
      repacked(({ headers }) => {
        headers[twin] = headers[name]
      }),
      'PARAMETER_INVALID',
    )
    await expectRefused(
      repacked(({ headers }) => {
        headers[name] = [headers[name], headers[name]]
      }),
      'PARAMETER_INVALID',
    )
    await expectRefused(
      repacked(({ headers }) => {
        headers[name] = []
      }),
      'PARAMETER_INVALID',
    )
    await expectRefused(
      repacked(({ headers }) => {
        headers[name] = 7
      }),
      'PARAMETER_INVALID',
    )
    await expectRefused(
      repacked(({ headers }) => {
        headers[name] = 'a\r\nb: c'
      }),
      'PARAMETER_INVALID',
    )
  })

  it('a header with a name that is none', async () => {
    await expectRefused(
      repacked(({ headers }) => {
        headers['a b'] = 'x'
      }),
      'PARAMETER_INVALID',
    )
  })
})

describe('signed headers', () => {
  it.each([
    'x-countersign-audience',
    'x-countersign-audience%3Bhost',
    'host%3Bhost%3Bx-countersign-audience',
    'host%3B%3Bx-countersign-audience',
    'Host%3Bx-countersign-audience',
    'host%3Bx-countersign-audience%3Bx-other',
  ])('%s', async (names) => {
    await expectRefused(
      changed((url) => url.replace(/SignedHeaders=[^&]*/, `SignedHeaders=${names}`)),
      'PARAMETER_INVALID',
    )
  })

  it('twice, out of order or in upper case in the signed form', async () => {
    for (const [names, other] of [
      ['host;x-amz-date', 'host;host;x-amz-date'],
      ['host;x-amz-date', 'x-amz-date;host'],
      ['host;x-amz-date', 'Host;x-amz-date'],
    ] as const) {
      const proof = repacked(({ headers }) => {
        headers['authorization'] = String(headers['authorization']).replace(names, other)
      })
      await expectRefused(proof, 'PARAMETER_INVALID')
    }
  })

  it.each(['x-amz-target', 'x-amz-acl', 'x-amz-security-token2'])('%s is not sent on', async (name) => {
    await expectRefused(pack(signedFor({ headers: { [name]: 'x' } })), 'PARAMETER_INVALID')
  })

  it.each(['accept', 'x-other', 'cookie'])('%s is signed, and would not be sent on', async (name) => {
    await expectRefused(pack(signedFor({ headers: { [name]: 'x' } })), 'PARAMETER_INVALID')
  })

  it.each(['x-amz-date', 'content-type', 'x-amz-security-token'])(
    '%s is signed, and not there',
    async (name) => {
      const parts = signedFor({ headers: { 'content-type': 'application/x-www-form-urlencoded' } })
      expect(delete parts.headers[name]).toBe(true)
      await expectRefused(pack(parts), 'PARAMETER_INVALID')
    },
  )

  it('x-amz-content-sha256 is there, and not signed', async () => {
    await expectRefused(
      repacked(({ headers }) => {
        headers['x-amz-content-sha256'] = 'x'
      }),
      'PARAMETER_INVALID',
    )
  })

  it.each([
    ['content-type', 'text/plain'],
    ['content-length', '7'],
  ])('%s is that of something else', async (name, value) => {
    await expectRefused(pack(signedFor({ headers: { [name]: value } })), 'PARAMETER_INVALID')
  })
})

describe('signature', () => {
  it.each(['', 'A'.repeat(64), 'a'.repeat(63), 'a'.repeat(65)])('%j', async (signature) => {
    await expectRefused(
      changed((url) => url.replace(/Signature=.*/, `Signature=${signature}`)),
      'PARAMETER_INVALID',
    )
    const { proof } = {
      proof: repacked(({ headers }) => {
        headers['authorization'] = String(headers['authorization']).replace(
          /Signature=.*/,
          `Signature=${signature}`,
        )
      }),
    }
    await expectRefused(proof, 'PARAMETER_INVALID')
  })

  it('that is wrong is for STS to refuse, and not repeated', async () => {
    const zeroes = '0'.repeat(64)
    await expectRefused(
      changed((url) => url.replace(/Signature=.*/, `Signature=${zeroes}`)),
      'STS_REFUSED',
      {},
      1,
    )
  })

  it.each(['AWS4-ECDSA-P256-SHA256', 'AWS4-HMAC-SHA1', 'aws4-hmac-sha256'])('of %s', async (algorithm) => {
    await expectRefused(
      changed((url) => url.replace('AWS4-HMAC-SHA256', algorithm)),
      'PARAMETER_INVALID',
    )
    await expectRefused(
      repacked(({ headers }) => {
        headers['authorization'] = String(headers['authorization']).replace('AWS4-HMAC-SHA256', algorithm)
      }),
      'PARAMETER_INVALID',
    )
  })

  it.each(['Bearer x', 'AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA256 Credential=a, Signature=b', ''])(
    'in %j',
    async (authorization) => {
      await expectRefused(
        repacked(({ headers }) => {
          headers['authorization'] = authorization
        }),
        'PARAMETER_INVALID',
      )
    },
  )
})

describe('scope', () => {
  it.each([
    ['another service', '/sts/', '/s3/', 'SCOPE_WRONG'],
    ['another region', '/eu-west-1/', '/us-east-1/', 'SCOPE_WRONG'],
    ['another day', '/20261122/', '/20261121/', 'SCOPE_WRONG'],
    ['another end', 'aws4_request', 'aws4_requests', 'SCOPE_WRONG'],
    ['a part more', 'ASIAALICE', 'ASIAALICE/x', 'PARAMETER_INVALID'],
    ['a part less', '/sts', '', 'PARAMETER_INVALID'],
    ['no key', 'ASIAALICE', '', 'PARAMETER_INVALID'],
  ])('%s', async (_, part, other, code) => {
    const escape = (text: string): string => text.replaceAll('/', '%2F')
    await expectRefused(
      changed((url) => url.replace(escape(part), escape(other))),
      code,
    )
    const proof = repacked(({ headers }) => {
      headers['authorization'] = String(headers['authorization']).replace(part, other)
    })
    await expectRefused(proof, other === '' && part === 'ASIAALICE' ? 'PARAMETER_INVALID' : code)
  })
})

describe('time', () => {
  const at = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000)
  const both = (date: Date): string[] =>
    (['presigned', 'signed'] as const).map(
      (form) => createIdentityProof({ credentials, region, audience, date, form }).proof,
    )

  it.each([
    [-900, undefined],
    [-901, 'PROOF_EXPIRED'],
    [-86_400, 'PROOF_EXPIRED'],
    [300, undefined],
    [301, 'PROOF_NOT_YET_VALID'],
  ])('%i seconds from now', async (seconds, code) => {
    for (const proof of both(at(seconds))) {
      if (code === undefined) expect(await verify(proof)).toMatchObject(ALICE)
      else await expectRefused(proof, code)
    }
  })

  it('older than this server likes', async () => {
    for (const proof of both(at(-61))) await expectRefused(proof, 'PROOF_EXPIRED', { maxAge: 60 })
  })

  it.each(['901', '3600', '-1', '1.5', '1e2', '0x10', '%2B60', 'x', '0060'])(
    'a lifetime of %s',
    async (seconds) => {
      await expectRefused(
        changed((url) => url.replace('Expires=900', `Expires=${seconds}`)),
        'PARAMETER_INVALID',
      )
    },
  )

  it.each(['20260230T000000Z', '20261122T123456', '2026-11-22T12:34:56Z', 'x'])(
    'the date %s',
    async (date) => {
      await expectRefused(
        changed((url) => url.replace('20261122T123456Z', encodeURIComponent(date))),
        'PARAMETER_INVALID',
      )
      await expectRefused(
        repacked(({ headers }) => {
          headers['x-amz-date'] = date
        }),
        'PARAMETER_INVALID',
      )
    },
  )
})

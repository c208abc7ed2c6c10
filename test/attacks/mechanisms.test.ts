/**
 * Attacks on which of several authentications counts, and on the form of the one that does.
 */
import { describe, expect, it } from 'vitest'
import { expectLetIn, expectRefused } from '../kit/everywhere.ts'
import {
  BAD_SIGNATURE,
  EMPTY_HASH,
  EVERYWHERE,
  MECHANISMS,
  presign,
  refusalOf,
  signInHeader,
  withAuthorization,
  withHeaders,
  withoutHeader,
  withTarget,
  type HeaderField,
  type SentMessage,
} from '../kit/messages.ts'

const ON_HEADER = 'AuthorizationHeaderMalformed'
const ON_QUERY = 'AuthorizationQueryParametersError'
const FORGED = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${BAD_SIGNATURE}`

describe('A15 duplicate header', () => {
  it.each(['x-amz-date', 'host', 'authorization', 'x-amz-content-sha256'])('two %s', async (name) => {
    const message = signInHeader()
    const [, value] = message.headers.find(([other]) => other === name)!
    for (const second of [value, 'other', '']) {
      const doubled = withHeaders(message, [name.toUpperCase(), second])
      const error = await expectRefused(doubled, 'REQUEST_MALFORMED', 'InvalidRequest')
      expect(error.facts).toMatchObject({ header: name })
      const before = { ...message, headers: [[name, second] as const, ...message.headers] }
      await expectRefused(before, 'REQUEST_MALFORMED', 'InvalidRequest')
    }
  })

  it.each(['date', 'content-length', 'x-amz-security-token', 'x-amz-decoded-content-length'])(
    'two %s',
    async (name) => {
      for (const { sign } of MECHANISMS) {
        const twice: HeaderField[] = [
          [name, '1'],
          [name, '1'],
        ]
        await expectRefused(sign({ headers: twice }), 'REQUEST_MALFORMED', 'InvalidRequest')
      }
    },
  )

  it('two host beside a presigned URL', async () => {
    await expectRefused(withHeaders(presign(), ['Host', 'other']), 'REQUEST_MALFORMED', 'InvalidRequest')
  })
})

describe('A16 two mechanisms', () => {
  const v2 = 'AWSAccessKeyId=AKIDEXAMPLE&Expires=2000000000&Signature=c2lnbmF0dXJl'

  it('presigned, with a forged Authorization', async () => {
    for (const value of [FORGED, 'AWS AKIDEXAMPLE:c2lnbmF0dXJl', '']) {
      const message = withHeaders(presign(), ['Authorization', value])
      await expectRefused(message, 'MECHANISMS_SEVERAL', 'InvalidArgument')
    }
  })

  it('presigned, with an Authorization that is right by itself', async () => {
    const { headers } = signInHeader()
    await expectRefused({ ...presign(), headers }, 'MECHANISMS_SEVERAL', 'InvalidArgument')
  })

  it.each(['', '4', '-HMAC-SHA256'])('an option for foreign schemes is not for AWS%s', async (rest) => {
    const message = withHeaders(presign(), ['Authorization', `AWS${rest} x`])
    const options = { ignoreForeignAuthorization: true }
    await expectRefused(message, 'MECHANISMS_SEVERAL', 'InvalidArgument', options)
  })

  it('version 2 in the query, with version 4 in either place', async () => {
    const added = withTarget(presign(), (target) => `${target}&${v2}`)
    await expectRefused(added, 'MECHANISMS_SEVERAL', 'InvalidArgument')
    await expectRefused(presign({ target: `/b/k?${v2}` }), 'MECHANISMS_SEVERAL', 'InvalidArgument')
    await expectRefused(signInHeader({ target: `/b/k?${v2}` }), 'MECHANISMS_SEVERAL', 'InvalidArgument')
  })

  it.each(['X-Amz-Algorithm=AWS4-HMAC-SHA256', 'X-Amz-Signature=0', 'X-Amz-Security-Token=t', 'X-Amz-Date='])(
    'in the header, with %s in the query',
    async (pair) => {
      const message = signInHeader({ target: `/b/k?${pair}` })
      await expectRefused(message, 'MECHANISMS_SEVERAL', 'InvalidArgument')
    },
  )

  it('version 2 alone is not served', async () => {
    const query = { method: 'GET', target: `/b/k?${v2}`, headers: [['host', 'h']] as const }
    await expectRefused(query, 'MECHANISM_UNSUPPORTED', 'InvalidRequest')
    const header = withAuthorization(signInHeader(), () => 'AWS AKIDEXAMPLE:c2lnbmF0dXJl')
    await expectRefused(header, 'MECHANISM_UNSUPPORTED', 'InvalidRequest')
  })
})

describe('A17 foreign Authorization', () => {
  const schemes = ['Bearer x', 'Basic dTpw', 'bearer x', 'aws4-hmac-sha256 x', 'x']

  it.each(schemes)('%s beside a presigned URL', async (value) => {
    const message = withHeaders(presign(), ['Authorization', value])
    await expectRefused(message, 'MECHANISMS_SEVERAL', 'InvalidArgument')
    await expectLetIn(message, { ignoreForeignAuthorization: true })
    const forged = withTarget(message, (target) => target.replace(/[0-9a-f]{64}$/, BAD_SIGNATURE))
    const options = { ignoreForeignAuthorization: true }
    await expectRefused(forged, 'SIGNATURE_MISMATCH', 'SignatureDoesNotMatch', options)
  })

  it('the option lets nobody in without a URL that is signed', async () => {
    const message = { method: 'GET', target: '/b/k', headers: [['authorization', 'Bearer x']] as const }
    for (const ignoreForeignAuthorization of [true, false]) {
      const options = { ignoreForeignAuthorization }
      expect(await refusalOf(message, options)).toMatchObject({ code: 'SCHEME_UNKNOWN', status: 400 })
    }
  })

  it('one that the URL signs is not let in as another one, in other bytes', async () => {
    const options = { ignoreForeignAuthorization: true }
    const signed = (value: string): SentMessage => presign({ headers: [['authorization', value]] })
    await expectLetIn(signed('Bearer x'), options)
    const altered = { ...signed('Bearer \u00c3\u00a9'), headers: signed('Bearer \u00e9').headers }
    await expectRefused(altered, 'MECHANISMS_SEVERAL', 'InvalidArgument', options)
  })

  it('what it leaves aside is not covered', async () => {
    const message = withHeaders(presign(), ['Authorization', 'Bearer x'])
    const { covered } = await expectLetIn(message, { ignoreForeignAuthorization: true })
    expect(covered.headers.map(([name]) => name)).toEqual(['host'])
  })
})

describe('A19 scope service, region, terminator', () => {
  describe.each(EVERYWHERE)('$mechanism, $service', ({ mechanism, sign, service }) => {
    const awsCode = mechanism === 'query' ? ON_QUERY : ON_HEADER

    it('another service', async () => {
      const message = sign({ service, scope: '20261122/us-east-1/ec2/aws4_request' })
      const error = await expectRefused(message, 'SCOPE_SERVICE_WRONG', awsCode)
      expect(error.facts).toMatchObject({ given: 'ec2' })
    })

    it('another region', async () => {
      const message = sign({ service, region: 'eu-west-1' })
      const error = await expectRefused(message, 'SCOPE_REGION_WRONG', awsCode)
      expect(error.facts).toMatchObject({ given: 'eu-west-1', expected: 'us-east-1' })
    })

    it.each([
      ['terminator aws4_requestX', '20261122/us-east-1/s3/aws4_requestX'],
      ['terminator nonsense', '20261122/us-east-1/s3/nonsense'],
      ['no terminator', '20261122/us-east-1/s3/'],
      ['terminator in capitals', '20261122/us-east-1/s3/AWS4_REQUEST'],
      ['an empty region', '20261122//s3/aws4_request'],
      ['an empty service', '20261122/us-east-1//aws4_request'],
      ['an empty date', '/us-east-1/s3/aws4_request'],
      ['four parts', '20261122/us-east-1/aws4_request'],
      ['three parts', '20261122/aws4_request'],
      ['six parts', '20261122/us-east-1/s3/more/aws4_request'],
      ['a slash at its end', '20261122/us-east-1/s3/aws4_request/'],
      ['a date that is none', 'x0261122/us-east-1/s3/aws4_request'],
      ['a long date', '20261122T120000Z/us-east-1/s3/aws4_request'],
    ])('%s', async (_, scope) => {
      await expectRefused(sign({ service, scope }), 'CREDENTIAL_MALFORMED', awsCode)
    })

    it('no access key id', async () => {
      await expectRefused(sign({ service, accessKeyId: '' }), 'CREDENTIAL_MALFORMED', awsCode)
    })
  })
})

describe('A37 shape of SignedHeaders', () => {
  const lists = [
    'Host;X-Amz-Date',
    'Host',
    'x-amz-date;host',
    'host;host',
    'host;;x-amz-date',
    ';host',
    'host;',
    'host; x-amz-date',
    'host,x-amz-date',
    'host:x-amz-date',
    'h\u00f6st',
  ]

  describe.each(EVERYWHERE)('$mechanism, $service', ({ mechanism, sign, service }) => {
    it.each(lists)('%j', async (signedHeaders) => {
      const message = sign({ service, signedHeaders })
      const isSplit = mechanism === 'header' && signedHeaders.includes(',')
      const code = isSplit ? 'AUTHORIZATION_MALFORMED' : 'SIGNED_HEADERS_MALFORMED'
      await expectRefused(message, code, mechanism === 'query' ? ON_QUERY : ON_HEADER)
    })

    it('10,000 names', async () => {
      const names = Array.from({ length: 10_000 }, (_, i) => `x${String(i).padStart(5, '0')}`)
      const message = sign({ service, signedHeaders: `host;${names.join(';')}` })
      await expectRefused(message, 'LIMIT_EXCEEDED', 'InvalidRequest')
    })
  })
})

describe('A39 presence gate', () => {
  it('nothing at all', async () => {
    const message = { method: 'GET', target: '/b/k', headers: [['host', 'h']] as const }
    await expectRefused(message, 'SIGNATURE_MISSING', 'AccessDenied')
    await expectRefused({ ...message, headers: [] }, 'SIGNATURE_MISSING', 'AccessDenied')
    const empty = { ...message, headers: [['authorization', '']] as const }
    await expectRefused(empty, 'SIGNATURE_MISSING', 'AccessDenied')
  })

  it.each(MECHANISMS)('only what is left of a signature: $mechanism', async ({ sign }) => {
    const stripped = withTarget(withoutHeader(sign(), 'authorization'), (target) => target.split('?')[0]!)
    await expectRefused(stripped, 'SIGNATURE_MISSING', 'AccessDenied')
  })

  it.each([
    'X-Amz-Credential=AKIDEXAMPLE%2F20261122%2Fus-east-1%2Fs3%2Faws4_request',
    'X-Amz-Signature=0',
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    'X-Amz-SignedHeaders=host',
    'X-Amz-Date=20261122T120000Z',
    'X-Amz-Expires=60',
    'X-Amz-Security-Token=t',
    'X-Amz-Content-Sha256=UNSIGNED-PAYLOAD',
  ])('%s alone is a presigned URL, and an incomplete one', async (pair) => {
    const message = { method: 'GET', target: `/b/k?${pair}`, headers: [['host', 'h']] as const }
    await expectRefused(message, 'QUERY_PARAMETER_MISSING', ON_QUERY)
  })

  it('headers named like the parameters are none', async () => {
    const url = new URL(presign().target, 'http://h')
    const headers: HeaderField[] = [['host', 'h'], ...url.searchParams.entries()]
    await expectRefused(
      { method: 'GET', target: '/bucket/key', headers },
      'SIGNATURE_MISSING',
      'AccessDenied',
    )
  })

  it('parameters in the body are none', async () => {
    const body = Buffer.from(presign().target.split('?')[1]!)
    const headers: HeaderField[] = [
      ['host', 'h'],
      ['content-type', 'application/x-www-form-urlencoded'],
      ['x-amz-content-sha256', EMPTY_HASH],
    ]
    const message = { method: 'POST', target: '/bucket/key', headers, body }
    await expectRefused(message, 'SIGNATURE_MISSING', 'AccessDenied')
  })
})

describe('A41 separators', () => {
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ]

  function componentsOf(value: string): string[] {
    return value.slice('AWS4-HMAC-SHA256 '.length).split(', ')
  }

  describe.each(['s3', 'execute-api'])('%s', (service) => {
    const message = signInHeader({ service })

    it.each([',', ', ', ',  ', ',\t', ',\t \t', ' , ', '\t,'])(
      '%j between the components',
      async (separator) => {
        const changed = withAuthorization(
          message,
          (value) => `AWS4-HMAC-SHA256 ${componentsOf(value).join(separator)}`,
        )
        await expectLetIn(changed)
      },
    )

    it.each(['  ', '\t', ' \t '])('%j after the scheme', async (blanks) => {
      await expectLetIn(withAuthorization(message, (value) => value.replace(' ', blanks)))
    })

    it.each(orders)('in the order %i %i %i', async (...order) => {
      const changed = withAuthorization(message, (value) => {
        const components = componentsOf(value)
        return `AWS4-HMAC-SHA256 ${order.map((place) => components[place]).join(', ')}`
      })
      await expectLetIn(changed)
    })

    it.each([
      ['a repeated Signature', (value: string) => `${value}, ${componentsOf(value)[2]}`],
      ['a repeated Credential', (value: string) => `${value}, ${componentsOf(value)[0]}`],
      ['another SignedHeaders', (value: string) => `${value}, SignedHeaders=host`],
      ['an unknown component', (value: string) => `${value}, Region=us-east-1`],
      ['a component in other case', (value: string) => value.replace('Credential', 'credential')],
      ['no comma', (value: string) => value.replaceAll(',', '')],
      ['semicolons', (value: string) => value.replaceAll(', ', '; ')],
      ['a comma at the end', (value: string) => `${value},`],
      ['two commas', (value: string) => value.replace(',', ',,')],
      ['no equals sign', (value: string) => value.replace('Signature=', 'Signature')],
      ['no Signature', (value: string) => value.replace(/, Signature=.*/, '')],
      ['an empty Signature', (value: string) => value.replace(/Signature=.*/, 'Signature=')],
      ['an empty Credential', (value: string) => value.replace(/Credential=[^,]*/, 'Credential=')],
      ['a blank before the equals sign', (value: string) => value.replace('Credential=', 'Credential =')],
    ])('%s', async (_, change) => {
      const changed = withAuthorization(message, change)
      await expectRefused(changed, 'AUTHORIZATION_MALFORMED', ON_HEADER)
    })

    it('the scheme alone, or in other case', async () => {
      const alone = withAuthorization(message, () => 'AWS4-HMAC-SHA256')
      const lower = withAuthorization(message, (value) => value.replace('AWS4-HMAC', 'aws4-hmac'))
      for (const changed of [alone, lower]) await expectRefused(changed, 'SCHEME_UNKNOWN', 'InvalidArgument')
    })

    it('another scheme', async () => {
      for (const scheme of ['AWS4-ECDSA-P256-SHA256', 'AWS4-HMAC-SHA512', 'AWS4']) {
        const changed = withAuthorization(message, (value) => value.replace('AWS4-HMAC-SHA256', scheme))
        expect(await refusalOf(changed)).toMatchObject({ code: 'MECHANISM_UNSUPPORTED', status: 400 })
      }
    })
  })
})

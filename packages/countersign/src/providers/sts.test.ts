/** The providers that ask STS, against a server that verifies who asks. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  CALLER,
  credentialsReply,
  refusalReply,
  startRoleServer,
  type RoleServer,
} from '../../../../test/kit/role-server.ts'
import { startServer } from '../../../../test/kit/servers.ts'
import { createSigner, SigningKey } from '../index.ts'
import { createVerifier } from '../verify/index.ts'
import {
  fromAssumeRole,
  fromSessionToken,
  fromWebIdentity,
  StsError,
  type AssumeRoleOptions,
} from './index.ts'

const roleArn = 'arn:aws:iam::123456789012:role/reader'
const GIVEN = {
  AccessKeyId: 'ASIAGIVEN',
  SecretAccessKey: 'secret &amp; sound',
  SessionToken: 'token',
  Expiration: '2040-01-01T00:00:00Z',
}

let sts: RoleServer
beforeAll(async () => {
  sts = await startRoleServer()
})
afterAll(async () => sts.close())
beforeEach(() => {
  sts.asked.length = 0
  sts.answer = undefined
})

const common = () => ({ region: 'eu-west-1', endpoint: sts.origin })
const role = (options: Partial<AssumeRoleOptions> = {}) =>
  fromAssumeRole({ credentials: CALLER, roleArn, ...common(), ...options })

/** The error of a question. */
async function refusalOf(provider: () => Promise<unknown>): Promise<StsError> {
  const error: unknown = await provider().catch((thrown: unknown) => thrown)
  if (!(error instanceof StsError)) throw new Error('STS gave credentials', { cause: error })
  return error
}

it.each([undefined, null])('asks nobody, unsigned, where the caller has no credentials: %j', async (none) => {
  const options = { ...common(), credentials: none! as typeof CALLER }
  for (const provider of [fromAssumeRole({ ...options, roleArn }), fromSessionToken(options)]) {
    await expect(provider()).rejects.toMatchObject({ code: 'CREDENTIALS_INVALID' })
  }
  expect(sts.asked).toEqual([])
})

describe('AssumeRole', () => {
  it('is signed by the caller, and gives keys that sign', async () => {
    const signer = createSigner({ credentials: role(), service: 'execute-api', region: 'eu-west-1' })
    const signed = await signer.sign({ method: 'GET', url: 'https://api.example.com/notes' })
    const verifier = createVerifier({ secrets: sts.find, service: 'execute-api', region: 'eu-west-1' })
    const { accessKeyId } = await verifier.verify({
      method: 'GET',
      target: '/notes',
      headers: signed.headers,
    })
    expect(accessKeyId).toMatch(/^ASIAROLE/)
    expect(sts.asked).toMatchObject([
      {
        caller: CALLER.accessKeyId,
        parameters: {
          Action: 'AssumeRole',
          Version: '2011-06-15',
          RoleArn: roleArn,
          RoleSessionName: expect.stringMatching(/^countersign-\d+$/) as string,
        },
      },
    ])
  })

  it('sends everything that it is given, as AWS numbers it', async () => {
    const codes = ['123456', ' 654321\n']
    const provide = role({
      roleSessionName: 'ada@example.com',
      externalId: 'x=1&y ü',
      sourceIdentity: 'ada',
      tags: { team: 'blue & red', cost: '42' },
      transitiveTagKeys: ['team'],
      policy: '{"Version":"2012-10-17"}',
      policyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
      duration: 900,
      mfa: { serialNumber: 'arn:aws:iam::123456789012:mfa/ada', code: async () => codes.shift() ?? '' },
    })
    await provide()
    await provide()
    expect(sts.asked.map(({ parameters }) => parameters)).toMatchObject([
      {
        RoleSessionName: 'ada@example.com',
        ExternalId: 'x=1&y ü',
        SourceIdentity: 'ada',
        'Tags.member.1.Key': 'team',
        'Tags.member.1.Value': 'blue & red',
        'Tags.member.2.Key': 'cost',
        'Tags.member.2.Value': '42',
        'TransitiveTagKeys.member.1': 'team',
        Policy: '{"Version":"2012-10-17"}',
        'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/ReadOnlyAccess',
        DurationSeconds: '900',
        SerialNumber: 'arn:aws:iam::123456789012:mfa/ada',
        TokenCode: '123456',
      },
      { TokenCode: '654321' },
    ])
  })

  it('chains: the keys of one role ask for those of the next', async () => {
    const first = role()
    const issued = createVerifier({ secrets: sts.find, service: 'sts', region: 'eu-west-1' })
    const second = await startServer((request, response) => {
      void (async () => {
        const message = {
          method: 'POST',
          target: request.url ?? '',
          headers: Object.entries(request.headers) as [string, string][],
          body: request,
        }
        const { accessKeyId } = await issued.verify(message)
        response.end(credentialsReply('AssumeRole', { ...GIVEN, AccessKeyId: `${accessKeyId}X2` }).body)
      })()
    })
    const provide = role({ credentials: first, endpoint: second.origin })
    expect((await provide()).accessKeyId).toMatch(/^ASIAROLE\d+X2$/)
    await provide()
    expect(sts.asked).toHaveLength(1)
    await second.close()
  })

  it('signs with a derived key, too', async () => {
    const date = new Date().toISOString().slice(0, 10).replaceAll('-', '')
    const scope = { date, region: 'eu-west-1', service: 'sts' }
    const signingKey = SigningKey.derive(CALLER.secretAccessKey, scope)
    await role({ credentials: { accessKeyId: CALLER.accessKeyId, signingKey } })()
    expect(sts.asked).toMatchObject([{ caller: CALLER.accessKeyId }])
  })
})

describe('AssumeRoleWithWebIdentity', () => {
  it('sends the token of each time, and no signature', async () => {
    let count = 0
    const provide = fromWebIdentity({
      ...common(),
      roleArn,
      token: async () => `token-${++count}\n`,
      duration: 3600,
    })
    expect(await provide()).toMatchObject({ accessKeyId: expect.stringMatching(/^ASIAROLE/) as string })
    await provide()
    expect(sts.asked).toMatchObject([
      { parameters: { WebIdentityToken: 'token-1', RoleArn: roleArn, DurationSeconds: '3600' } },
      { parameters: { WebIdentityToken: 'token-2' } },
    ])
    for (const { headers } of sts.asked) expect(headers).not.toHaveProperty('authorization')
  })

  it.each([
    ['an empty token', ' \n', 'CREDENTIALS_NOT_FOUND'],
    ['none', undefined, 'CREDENTIALS_NOT_FOUND'],
    ['a token in bytes', Buffer.from('token'), 'CREDENTIALS_INVALID'],
  ])('asks nobody with %s', async (_, token, code) => {
    const asking = fromWebIdentity({ ...common(), roleArn, token: async () => token as string })()
    await expect(asking).rejects.toMatchObject({ code })
    expect(sts.asked).toEqual([])
  })

  it('keeps the token out of the message, whatever STS says', async () => {
    sts.answer = () => refusalReply(400, 'InvalidIdentityToken', 'No provider for eyJhbGci.secret')
    const error = await refusalOf(fromWebIdentity({ ...common(), roleArn, token: 'eyJhbGci.secret' }))
    expect(error).toMatchObject({ awsCode: 'InvalidIdentityToken', status: 400 })
    expect(error.message).toBe('STS gave no credentials: 400 InvalidIdentityToken')
  })
})

describe('GetSessionToken', () => {
  it('shows the second factor', async () => {
    const mfa = { serialNumber: 'GAHT12345678', code: () => '123456' }
    await fromSessionToken({ ...common(), credentials: async () => CALLER, duration: 129_600, mfa })()
    expect(sts.asked).toMatchObject([
      {
        caller: CALLER.accessKeyId,
        parameters: {
          Action: 'GetSessionToken',
          DurationSeconds: '129600',
          SerialNumber: 'GAHT12345678',
          TokenCode: '123456',
        },
      },
    ])
  })

  it.each(['', '12345', '12345a', '1234567', undefined])('asks nobody with the code %j', async (code) => {
    const mfa = { serialNumber: 'GAHT12345678', code: () => code as string }
    const asking = fromSessionToken({ ...common(), credentials: CALLER, mfa })()
    await expect(asking).rejects.toMatchObject({ code: 'CREDENTIALS_PROVIDER_FAILED' })
    expect(sts.asked).toEqual([])
  })
})

describe('refusals', () => {
  it('are typed, with the code, the request id and the message of AWS', async () => {
    const message = 'User: arn:aws:iam::123456789012:user/ada is not authorized to perform: sts:AssumeRole'
    sts.answer = () => refusalReply(403, 'AccessDenied', message)
    expect(await refusalOf(role())).toMatchObject({
      name: 'StsError',
      code: 'STS_REFUSED',
      awsCode: 'AccessDenied',
      status: 403,
      requestId: 'c6104cbe-af31-11e0-8154-cbc7ccf896c7',
      message: `STS gave no credentials: 403 AccessDenied: ${message}`,
    })
  })

  it('of the verifier itself: a wrong secret', async () => {
    const error = await refusalOf(role({ credentials: { ...CALLER, secretAccessKey: 'wrong' } }))
    expect(error).toMatchObject({ code: 'STS_REFUSED', awsCode: 'SignatureDoesNotMatch', status: 403 })
  })

  it('repeat no token, no signature and nothing of several lines', async () => {
    const credentials = { ...CALLER, sessionToken: 'a-session-token' }
    const spy = fromAssumeRole({
      ...common(),
      credentials,
      roleArn,
      fetch: async (_url, init) => {
        const authorization = new Headers(init.headers).get('authorization') ?? ''
        return new Response(refusalReply(400, 'IncompleteSignature', authorization).body, { status: 400 })
      },
    })
    expect((await refusalOf(spy)).message).toBe('STS gave no credentials: 400 IncompleteSignature')
    for (const message of [
      'x-amz-security-token:a-session-token',
      'The canonical\nrequest',
      'x'.repeat(501),
    ]) {
      const { body } = refusalReply(403, 'SignatureDoesNotMatch', message)
      const fetch = async () => new Response(body, { status: 403 })
      const error = await refusalOf(role({ credentials, fetch }))
      expect(error.message).toBe('STS gave no credentials: 403 SignatureDoesNotMatch')
    }
  })

  it.each([
    [500, 'InternalFailure'],
    [503, 'ServiceUnavailable'],
    [429, 'TooManyRequests'],
    [400, 'Throttling'],
    [400, 'RequestLimitExceeded'],
  ])('%d %s says nothing about the caller', async (status, code) => {
    sts.answer = () => refusalReply(status, code, 'slow down')
    expect(await refusalOf(role())).toMatchObject({ code: 'STS_UNAVAILABLE', awsCode: code, status })
  })

  it('of something that is no STS', async () => {
    sts.answer = () => ({ status: 404, body: '<html><body>no such page</body></html>' })
    expect(await refusalOf(role())).toMatchObject({ code: 'STS_REFUSED', awsCode: '', status: 404 })
  })
})

describe('answers that are none', () => {
  const good = credentialsReply('AssumeRole', GIVEN).body
  const without = (name: string) => {
    const { [name as keyof typeof GIVEN]: _, ...rest } = GIVEN
    return credentialsReply('AssumeRole', rest).body
  }

  it('is read where it is one', async () => {
    sts.answer = () => ({ status: 200, body: `<?xml version="1.0" encoding="UTF-8"?>\n${good}` })
    expect(await role()()).toEqual({
      accessKeyId: 'ASIAGIVEN',
      secretAccessKey: 'secret & sound',
      sessionToken: 'token',
      expiration: new Date('2040-01-01T00:00:00Z'),
    })
  })

  it.each([
    ['no text', ''],
    ['JSON', '{"AssumeRoleResponse":{}}'],
    ['the answer to something else', good.replaceAll('AssumeRole', 'GetSessionToken')],
    ['no key id', without('AccessKeyId')],
    ['no secret', without('SecretAccessKey')],
    ['no token', without('SessionToken')],
    ['no end', without('Expiration')],
    ['an end that is none', good.replace('2040-01-01T00:00:00Z', 'soon')],
    ['a part twice', good.replace('<SessionToken>', '<SessionToken>other</SessionToken><SessionToken>')],
    ['two sets', good.replace('</Credentials>', '</Credentials><Credentials></Credentials>')],
    ['an element in a text', good.replace('>token<', '><b>token</b><')],
    ['a comment', good.replace('>token<', '>to<!-- -->ken<')],
    ['CDATA', good.replace('>token<', '><![CDATA[token]]><')],
    ['an entity of its own', good.replace('>token<', '>&token;<')],
    ['a document type', `<!DOCTYPE a [<!ENTITY token "x">]>${good}`],
    ['something behind it', `${good}<AssumeRoleResponse/>`],
    ['half of it', good.slice(0, -30)],
    ['a token with a line end', good.replace('>token<', '>to\nken<')],
    ['more than anybody sends', good.replace('>token<', `>${'t'.repeat(70_000)}<`)],
  ])('%s', async (_, body) => {
    sts.answer = () => ({ status: 200, body })
    expect(await refusalOf(role())).toMatchObject({ code: 'STS_REPLY_INVALID', status: 200 })
  })

  it('a redirect, which is not followed', async () => {
    const thief = await startServer((_request, response) => response.end(good))
    const server = await startServer((_request, response) =>
      response.writeHead(307, { location: thief.origin }).end(),
    )
    const error = await refusalOf(role({ endpoint: server.origin }))
    expect(error).toMatchObject({ code: 'STS_REPLY_INVALID', status: 307 })
    await Promise.all([server.close(), thief.close()])
  })
})

describe('where STS cannot be asked', () => {
  it('tells that nobody listens', async () => {
    const { origin, close } = await startServer(() => undefined)
    await close()
    const error = await refusalOf(role({ endpoint: origin }))
    expect(error).toMatchObject({ code: 'STS_UNAVAILABLE', status: 0, awsCode: '' })
    expect(error.message).toBe(`STS could not be reached at ${origin.slice('http://'.length)}`)
  })

  it('gives up after the time that it was given', async () => {
    const { origin, close } = await startServer(() => undefined)
    const error = await refusalOf(role({ endpoint: origin, timeout: 0.05 }))
    expect(error.message).toContain('took longer than 0.05 s')
    await close()
  })

  it.each([
    ['no region', { region: '' }, 'OPTION_INVALID'],
    ['a region that is none', { region: 'moon-1', endpoint: undefined }, 'OPTION_INVALID'],
    ['no role', { roleArn: '' }, 'OPTION_INVALID'],
    ['a session name with a blank', { roleSessionName: 'a b' }, 'OPTION_INVALID'],
    ['a session name of one letter', { roleSessionName: 'a' }, 'OPTION_INVALID'],
    ['half a second', { duration: 0.5 }, 'OPTION_INVALID'],
    ['no seconds', { duration: 0 }, 'OPTION_INVALID'],
    ['an endpoint that is no URL', { endpoint: 'sts' }, 'URL_INVALID'],
    ['an endpoint with a query', { endpoint: 'https://sts.example.com/?a=1' }, 'OPTION_INVALID'],
    ['plain http to another machine', { endpoint: 'http://sts.example.com' }, 'PLAIN_HTTP_REFUSED'],
  ])('refuses %s at once', (_, options, code) => {
    expect(() => role(options)).toThrow(expect.objectContaining({ code }))
  })

  it.each([
    ['eu-west-1', 'https://sts.eu-west-1.amazonaws.com/'],
    ['cn-north-1', 'https://sts.cn-north-1.amazonaws.com.cn/'],
    ['us-gov-west-1', 'https://sts.us-gov-west-1.amazonaws.com/'],
  ])('asks the STS of %s', async (region, url) => {
    const urls: string[] = []
    const fetch = async (target: string) => {
      urls.push(target)
      return new Response(credentialsReply('AssumeRole', GIVEN).body)
    }
    await role({ region, endpoint: undefined, fetch })()
    expect(urls).toEqual([url])
  })
})

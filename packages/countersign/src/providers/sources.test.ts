/** Places where credentials may be, and the chain of them. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CredentialsError } from '../errors.ts'
import {
  fromChain,
  fromEnvironment,
  fromStatic,
  parseCredentialsCsv,
  type CredentialsSource,
} from './index.ts'

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'a secret/of+ours' }

afterEach(() => vi.unstubAllEnvs())

describe('fromEnvironment', () => {
  it('reads what it is given', async () => {
    const environment = {
      ...KEYS,
      AWS_SESSION_TOKEN: 'token',
      AWS_CREDENTIAL_EXPIRATION: '2040-01-01T02:00:00+02:00',
    }
    expect(await fromEnvironment(environment)()).toEqual({
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'a secret/of+ours',
      sessionToken: 'token',
      expiration: new Date('2040-01-01T00:00:00Z'),
    })
  })

  it('reads the environment of the process each time', async () => {
    const provide = fromEnvironment()
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
      vi.stubEnv(name, '')
    await expect(provide()).rejects.toMatchObject({ code: 'CREDENTIALS_NOT_FOUND' })
    for (const [name, value] of Object.entries(KEYS)) vi.stubEnv(name, value)
    expect(await provide()).toMatchObject({ accessKeyId: 'AKIDEXAMPLE', sessionToken: undefined })
  })

  it.each([
    ['nothing', {}, 'CREDENTIALS_NOT_FOUND', 'AWS_ACCESS_KEY_ID is not set'],
    ['an empty id', { AWS_ACCESS_KEY_ID: '' }, 'CREDENTIALS_NOT_FOUND', 'AWS_ACCESS_KEY_ID is not set'],
    ['an id alone', { AWS_ACCESS_KEY_ID: 'AKID' }, 'CREDENTIALS_INVALID', 'AWS_SECRET_ACCESS_KEY is not set'],
    [
      'a secret alone',
      { AWS_SECRET_ACCESS_KEY: 'secret-1' },
      'CREDENTIALS_INVALID',
      'AWS_ACCESS_KEY_ID is not set',
    ],
    [
      'an odd end',
      { ...KEYS, AWS_CREDENTIAL_EXPIRATION: 'soon' },
      'CREDENTIALS_INVALID',
      'AWS_CREDENTIAL_EXPIRATION',
    ],
  ])('refuses %s', async (_, environment, code, message) => {
    const asking = fromEnvironment(environment)()
    await expect(asking).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string })
    await expect(asking).rejects.not.toThrow('secret-1')
  })
})

describe('fromStatic', () => {
  it('keeps what it is given, and refuses at once what cannot sign', async () => {
    const own = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
    const provide = fromStatic(own)
    own.secretAccessKey = 'other'
    expect(await provide()).toEqual({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' })
    expect(() => fromStatic({ accessKeyId: 'ASIA1', secretAccessKey: 'secret' })).toThrow('sessionToken')
  })
})

describe('fromChain', () => {
  const none = fromEnvironment({})
  const some = fromStatic({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' })
  /** As a provider of the AWS SDK says that it has nothing, or that what it has is of no use. */
  const ofSdk = (tryNextLink: boolean): CredentialsSource =>
    Object.defineProperty(
      async () => {
        throw Object.assign(new Error('Could not load.\nsecond line'), { tryNextLink })
      },
      'name',
      { value: '' },
    )

  it('gives the first that there are, and asks nobody behind them', async () => {
    const behind = vi.fn<CredentialsSource>()
    const empty = async () => undefined
    expect(await fromChain(none, empty, ofSdk(true), some, behind)()).toMatchObject({
      accessKeyId: 'AKIDEXAMPLE',
    })
    expect(behind).not.toHaveBeenCalled()
  })

  it('names everything that it tried', async () => {
    async function vault() {
      return undefined
    }
    await expect(fromChain(none, ofSdk(true), vault)()).rejects.toMatchObject({
      name: 'CredentialsError',
      code: 'CREDENTIALS_NOT_FOUND',
      message:
        'There are no credentials: environment: AWS_ACCESS_KEY_ID is not set; source 2: Could not load; vault: has none',
    })
    await expect(fromChain()()).rejects.toThrow('the chain is empty')
  })

  it.each([
    ['an error of anybody', async () => Promise.reject(new TypeError('odd'))],
    ['a refusal of the SDK', ofSdk(false)],
    ['half of a key', fromEnvironment({ AWS_ACCESS_KEY_ID: 'AKID' })],
    [
      'a function that throws at once',
      () => {
        throw new Error('odd')
      },
    ],
  ])('lets nothing stand in for %s', async (_, source: CredentialsSource) => {
    const thrown = await fromChain(none, source, some)().catch((error: unknown) => error)
    expect(thrown).toMatchObject({ code: 'CREDENTIALS_CHAIN_FAILED', cause: expect.any(Error) as Error })
    expect(String(thrown)).toMatch(
      /nothing may stand in for it: environment: AWS_ACCESS_KEY_ID is not set; \S+/,
    )
  })

  it('can be a source of another', async () => {
    expect(await fromChain(fromChain(none), fromChain(some))()).toMatchObject({ accessKeyId: 'AKIDEXAMPLE' })
    await expect(fromChain(fromChain(none))()).rejects.toThrow(
      'chain: There are no credentials: environment:',
    )
  })
})

describe('parseCredentialsCsv', () => {
  const OLD =
    'User Name,Access Key Id,Secret Access Key\r\n"ada","AKIAIOSFODNN7EXAMPLE","wJalr/b+CYEXAMPLEKEY"\r\n'
  const key = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalr/b+CYEXAMPLEKEY' }

  it.each([
    ['of today', 'Access key ID,Secret access key\nAKIAIOSFODNN7EXAMPLE,wJalr/b+CYEXAMPLEKEY\n', undefined],
    [
      'with a byte order mark',
      '\uFEFFAccess key ID,Secret access key\r\nAKIAIOSFODNN7EXAMPLE,wJalr/b+CYEXAMPLEKEY',
      undefined,
    ],
    ['of years ago', OLD, 'ada'],
    ['with line ends of old', OLD.replaceAll('\r\n', '\r'), 'ada'],
    [
      'of a new user, with a password and a link',
      'User name,Password,Access key ID,Secret access key,Console login link\n' +
        'ada,"a "",b"" c",AKIAIOSFODNN7EXAMPLE,wJalr/b+CYEXAMPLEKEY,https://123456789012.signin.aws.amazon.com/console\n\n',
      'ada',
    ],
    [
      'without the first cell',
      'User name,Access key ID,Secret access key\n,AKIAIOSFODNN7EXAMPLE,wJalr/b+CYEXAMPLEKEY',
      undefined,
    ],
    [
      'in another order',
      'Secret access key , "Access key ID"\n wJalr/b+CYEXAMPLEKEY , "AKIAIOSFODNN7EXAMPLE" ',
      undefined,
    ],
  ])('reads a file %s', (_, text, userName) => {
    expect(parseCredentialsCsv(text)).toEqual({ ...key, userName })
  })

  it('finds the key of a user among several', () => {
    const text = `${OLD}bob,AKIABOB,"secret, with ""quotes"""\r\ncarol,,\r\n`
    expect(parseCredentialsCsv(text, { userName: 'bob' })).toEqual({
      userName: 'bob',
      accessKeyId: 'AKIABOB',
      secretAccessKey: 'secret, with "quotes"',
    })
    expect(() => parseCredentialsCsv(text)).toThrow('of ada, bob')
    expect(() => parseCredentialsCsv(text, { userName: 'carol' })).toThrow('no access key of that user')
  })

  it.each([
    ['nothing', '', 'CREDENTIALS_FILE_INVALID'],
    ['bytes', Buffer.from('Access key ID,Secret access key\nAKID,secret'), 'CREDENTIALS_FILE_INVALID'],
    ['another file', 'Name,Price\nsecret,1', 'CREDENTIALS_FILE_INVALID'],
    ['a first line alone', 'Access key ID,Secret access key\n', 'CREDENTIALS_FILE_INVALID'],
    ['a file without titles', 'AKIAIOSFODNN7EXAMPLE,secret', 'CREDENTIALS_FILE_INVALID'],
    ['a quote in a cell', 'Access key ID,Secret access key\nAKID,sec"ret', 'CREDENTIALS_FILE_INVALID'],
    [
      'a quote that is left open',
      'Access key ID,Secret access key\nAKID,"secret',
      'CREDENTIALS_FILE_INVALID',
    ],
    ['a key without its secret', 'Access key ID,Secret access key\nAKID', 'CREDENTIALS_INVALID'],
    ['a temporary key', 'Access key ID,Secret access key\nASIA1,secret', 'CREDENTIALS_INVALID'],
  ])('refuses %s, and tells nothing of what is in it', (_, text, code) => {
    let thrown: unknown
    try {
      parseCredentialsCsv(text as string)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(CredentialsError)
    expect(thrown).toMatchObject({ code })
    expect(String(thrown)).not.toMatch(/AKI|sec.?ret\b(?! access)/)
  })
})

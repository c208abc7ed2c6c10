import { describe, expect, it } from 'vitest'
import { CredentialsError } from '../errors.ts'
import { SigningKey } from '../keys/signing-key.ts'
import { assertCredentials, type Credentials } from './credentials.ts'

const signingKey = SigningKey.derive('secret', { date: '20261122', region: 'us-east-1', service: 's3' })

describe('assertCredentials', () => {
  it.each([
    ['a long-term key', { accessKeyId: 'AKIA1', secretAccessKey: 'secret' }],
    ['a temporary key', { accessKeyId: 'ASIA1', secretAccessKey: 'secret', sessionToken: 'token' }],
    ['an empty token (HDR-6)', { accessKeyId: 'AKIA1', secretAccessKey: 'secret', sessionToken: '' }],
    ['a derived key', { accessKeyId: 'AKIA1', signingKey }],
    [
      'a key id of a compatible store',
      { accessKeyId: 'user:name@example.com/x=1', secretAccessKey: 'secret' },
    ],
    ['a secret with odd characters (KEY-6)', { accessKeyId: 'AKIA1', secretAccessKey: 'se cret%\n' }],
  ])('takes %s', (_, credentials) => {
    expect(() => assertCredentials(credentials as Credentials)).not.toThrow()
  })

  it.each([
    ['nothing', undefined, 'accessKeyId'],
    ['null', null, 'accessKeyId'],
    ['no key id', { secretAccessKey: 'secret' }, 'accessKeyId'],
    ['an empty key id', { accessKeyId: '', secretAccessKey: 'secret' }, 'accessKeyId'],
    ['a key id with a line end', { accessKeyId: 'AKIA\r\n', secretAccessKey: 'secret' }, 'accessKeyId'],
    ['a key id with a comma', { accessKeyId: 'AKIA,x', secretAccessKey: 'secret' }, 'accessKeyId'],
    ['a key id that is a number', { accessKeyId: 1, secretAccessKey: 'secret' }, 'accessKeyId'],
    ['no secret', { accessKeyId: 'AKIA1' }, 'secretAccessKey'],
    ['an empty secret', { accessKeyId: 'AKIA1', secretAccessKey: '' }, 'secretAccessKey'],
    [
      'a token with a line end',
      { accessKeyId: 'AKIA1', secretAccessKey: 'secret', sessionToken: 'a\nb' },
      'sessionToken',
    ],
    [
      'a temporary key without a token (TOK-2)',
      { accessKeyId: 'ASIA1', secretAccessKey: 'secret' },
      'sessionToken',
    ],
    ['a temporary derived key without a token', { accessKeyId: 'ASIA1', signingKey }, 'sessionToken'],
  ])('refuses %s, naming the part and not its value', (_, credentials, part) => {
    let thrown: unknown
    try {
      assertCredentials(credentials as Credentials)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(CredentialsError)
    expect(thrown).toMatchObject({ code: 'CREDENTIALS_INVALID', message: expect.stringContaining(part) })
    expect(String(thrown)).not.toMatch(/secret\b|AKIA|a\nb/)
  })
})

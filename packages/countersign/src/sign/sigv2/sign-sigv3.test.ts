/** SigV3, in both kinds. No signature of AWS3 was found published: what it signs is written out here. */
import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { signSigV3 } from './sign-sigv3.ts'

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const date = new Date('2026-11-22T12:00:00Z')
const DATE = 'Sun, 22 Nov 2026 12:00:00 GMT'

function hmac(message: string | Uint8Array): string {
  return createHmac('sha256', credentials.secretAccessKey).update(message).digest('base64')
}

describe('AWS3-HTTPS', () => {
  it('signs the date, in x-amz-date', () => {
    const temporary = { ...credentials, sessionToken: 'token' }
    const signed = signSigV3(
      { method: 'GET', url: 'https://email.example.com/?a=b' },
      { credentials: temporary, date },
    )
    expect(signed).toMatchObject({
      url: 'https://email.example.com/?a=b',
      stringToSign: DATE,
      signature: hmac(DATE),
    })
    expect(signed.headers).toEqual([
      ['host', 'email.example.com'],
      ['x-amz-date', DATE],
      ['x-amz-security-token', 'token'],
      [
        'x-amzn-authorization',
        `AWS3-HTTPS AWSAccessKeyId=AKIDEXAMPLE,Algorithm=HmacSHA256,Signature=${hmac(DATE)}`,
      ],
    ])
  })

  it('is refused without TLS, where its date could be put before any request', () => {
    const request = { method: 'GET', url: 'http://email.example.com/' }
    expect(() => signSigV3(request, { credentials, date, scheme: 'AWS3-HTTPS' })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
  })

  it('is signed again with a new date', () => {
    const request = { method: 'GET', url: 'https://email.example.com/' }
    const first = signSigV3(request, { credentials, date })
    const again = signSigV3({ ...request, headers: first.headers }, { credentials })
    expect(again.headers.map(([name]) => name)).toEqual(first.headers.map(([name]) => name))
    expect(again.stringToSign).not.toBe(DATE)
  })
})

describe('AWS3', () => {
  it('signs everything', () => {
    const body = '{"TableName":"é"}'
    const headers = { 'X-Amz-Target': ' DynamoDB_20111205.ListTables ', 'Content-Type': 'application/json' }
    const signed = signSigV3(
      { method: 'post', url: 'http://db.example.com/?b=2&a', headers, body },
      { credentials, date },
    )
    const head = `POST\n/\na=&b=2\nhost:db.example.com\nx-amz-date:${DATE}\nx-amz-target:DynamoDB_20111205.ListTables\n\n`
    expect(signed.stringToSign).toBe(head)
    expect(signed.signature).toBe(
      hmac(
        createHash('sha256')
          .update(head + body)
          .digest(),
      ),
    )
    expect(signed.headers.at(-1)).toEqual([
      'x-amzn-authorization',
      `AWS3 AWSAccessKeyId=AKIDEXAMPLE,Algorithm=HmacSHA256,SignedHeaders=host;x-amz-date;x-amz-target,Signature=${signed.signature}`,
    ])
    expect(Buffer.from(signed.body ?? []).toString()).toBe(body)
  })

  it('over https where it is asked for', () => {
    const request = { method: 'GET', url: 'https://db.example.com/a%20b' }
    const { stringToSign } = signSigV3(request, { credentials, date, scheme: 'AWS3' })
    expect(stringToSign).toBe(`GET\n/a%20b\n\nhost:db.example.com\nx-amz-date:${DATE}\n\n`)
  })
})

import { describe, expect, it } from 'vitest'
import { formatAuthorization, parseAuthorization } from './authorization-header.ts'

const credential = 'AKID/20150830/us-east-1/iam/aws4_request'
const components = { credential, signedHeaders: 'host;x-amz-date', signature: 'abc' }

it('writes the header', () => {
  expect(formatAuthorization('AWS4-HMAC-SHA256', credential, 'host;x-amz-date', 'abc')).toBe(
    `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=abc`,
  )
})

describe('parseAuthorization', () => {
  it.each([
    ['as it is written', `Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=abc`],
    ['without blanks', `Credential=${credential},SignedHeaders=host;x-amz-date,Signature=abc`],
    ['with more blanks', ` Credential=${credential} ,\tSignedHeaders=host;x-amz-date  ,  Signature=abc `],
    ['in another order', `Signature=abc, Credential=${credential}, SignedHeaders=host;x-amz-date`],
  ])('reads it %s', (_, text) => {
    expect(parseAuthorization(text)).toEqual(components)
  })

  it.each([
    [
      'a component twice',
      'Credential=a, Credential=a, SignedHeaders=b, Signature=c',
      'repeated',
      'Credential',
    ],
    ['another component', 'Credential=a, SignedHeaders=b, Signature=c, Extra=d', 'unknown', 'Extra'],
    ['a name in lower case', 'credential=a, SignedHeaders=b, Signature=c', 'unknown', 'credential'],
    ['a property of objects', 'constructor=a, SignedHeaders=b, Signature=c', 'unknown', 'constructor'],
    ['no signature', 'Credential=a, SignedHeaders=b', 'missing', 'Signature'],
    ['an empty component', 'Credential=, SignedHeaders=b, Signature=c', 'missing', 'Credential'],
    ['a piece without =', 'Credential=a, SignedHeaders, Signature=c', 'not-key-value', 'SignedHeaders'],
    ['a comma at the end', 'Credential=a, SignedHeaders=b, Signature=c,', 'not-key-value', ''],
    ['nothing', '', 'not-key-value', ''],
  ])('tells what is wrong with %s', (_, text, fault, component) => {
    expect(parseAuthorization(text)).toEqual({ fault, component })
  })

  it('takes no other white space for blanks', () => {
    for (const space of ['\xa0', '\x0b', '\x0c', '\n']) {
      const text = `Credential=${credential},${space}SignedHeaders=host, Signature=abc`
      expect(parseAuthorization(text)).toHaveProperty('fault')
    }
  })

  it('takes linear time', () => {
    expect(parseAuthorization(`Credential=a,${' '.repeat(500_000)}x`)).toHaveProperty('fault')
    expect(parseAuthorization('Credential=a,'.repeat(100_000))).toEqual({
      fault: 'repeated',
      component: 'Credential',
    })
  })
})

/** Published signatures of SigV3. Reads sigv3.json. */
import { expect, it } from 'vitest'
import { signSigV3 } from '../../packages/countersign/src/sigv2.ts'
import { describeVectors, expectCases, loadVectors } from '../kit/vectors.ts'

interface Case {
  readonly name: string
  readonly credentials: { accessKeyId: string; secretAccessKey: string }
  readonly date: string
  readonly stringToSign: string
  readonly signature: string
  readonly authorization: string
}

describeVectors('sigv3.json', () => {
  const cases = expectCases(loadVectors<{ cases: Case[] }>('sigv3.json').cases)

  it('has 2 cases', () => {
    expect(cases).toHaveLength(2)
  })

  it.each(cases)('$name', ({ credentials, date, stringToSign, signature, authorization }) => {
    const request = {
      method: 'GET',
      url: 'https://route53.amazonaws.com/2013-04-01/hostedzone',
      headers: { date },
    }
    const signed = signSigV3(request, { credentials })
    expect(signed).toMatchObject({ stringToSign, signature })
    expect(signed.headers.at(-1)).toEqual(['x-amzn-authorization', authorization])
  })
})

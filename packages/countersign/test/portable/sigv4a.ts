/**
 * SigV4A: the key that AWS prints, a signature of another implementation, and our own. A signature differs from run
 * to run on some runtimes, so what is compared is everything else, and what a server makes of it.
 *
 * @module
 */
import { presignUrl, signRequest } from 'countersign'
import { explainRefusal } from 'countersign/explain'
import { sigV4A } from 'countersign/sigv4a'
import { createVerifier, VerificationError, type RequestMessage } from 'countersign/verify'
import { CREDENTIALS, DATE, now, secrets } from './inputs.ts'
import { expectEqual } from './output.ts'
import type { Case } from './suite.ts'

const OPTIONS = {
  credentials: CREDENTIALS,
  service: 's3',
  region: ['eu-*', 'us-east-1'],
  date: DATE,
  algorithm: sigV4A,
}
const URL_SIGNED = 'https://bucket.example/key?x=1'

async function judge(message: RequestMessage, region: string): Promise<string> {
  const verifier = createVerifier({
    service: 's3',
    region,
    algorithms: [sigV4A],
    secrets,
    now,
    unsignedPayload: 'allowed',
  })
  try {
    return (await verifier.verify(message)).algorithm
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    return error.code
  }
}

/** Everywhere that it should be good, and where it should not. */
const everywhere = (message: RequestMessage): Promise<string[]> =>
  Promise.all(['eu-west-1', 'us-east-1', 'ap-south-1'].map((region) => judge(message, region)))

/** `get-vanilla` of the suite of aws-c-auth, whose signature is the one that it keeps. */
const VANILLA = {
  text: 'AWS4-ECDSA-P256-SHA256\n20150830T123600Z\n20150830/service/aws4_request\n',
}

/** All of them. */
export function sigV4ACases(): Case[] {
  return [
    {
      name: 'SigV4A: the key of AWS',
      run: () => {
        const scalar = sigV4A.deriveKey(
          'q+jcrXGc+0zWN6uzclKVhvMmUsIfRPa4rlRandom',
          { date: '20150830', service: 'service' },
          'AKISORANDOMAASORANDOM',
        )
        const hex = Array.from(scalar, (byte) => byte.toString(16).padStart(2, '0')).join('')
        expectEqual(hex, '7fd3bd010c0d9c292141c2b77bfbde1042c92e6836fff749d1269ec890fca1bd', 'private key')
        const key = sigV4A.prepareKey(scalar)
        const signature = key.signHex(VANILLA.text)
        const altered = VANILLA.text.replace('2015', '2016')
        return [scalar, key.hasSigned(VANILLA.text, signature), key.hasSigned(altered, signature)]
      },
    },
    {
      name: 'SigV4A: why a signature is refused, by the key',
      run: () => {
        const { method, headers } = signRequest({ method: 'GET', url: URL_SIGNED }, OPTIONS)
        return explainRefusal(
          { request: { method, target: '/key/?x=1', headers } },
          { credentials: CREDENTIALS, algorithms: [sigV4A], limits: { candidates: 200 } },
        )
      },
    },
    {
      name: 'SigV4A: sign and verify',
      run: async () => {
        const { canonicalRequest, stringToSign, method, headers, signedHeaders } = signRequest(
          { method: 'GET', url: URL_SIGNED },
          OPTIONS,
        )
        const message = { method, target: '/key?x=1', headers }
        const altered = { ...message, target: '/key?x=2' }
        return {
          canonicalRequest,
          stringToSign,
          signedHeaders,
          judged: await everywhere(message),
          altered: await everywhere(altered),
        }
      },
    },
    {
      name: 'SigV4A: presign and verify',
      run: async () => {
        const { url, canonicalRequest, method, expiresAt } = presignUrl(
          { method: 'GET', url: URL_SIGNED },
          OPTIONS,
        )
        const target = url.slice('https://bucket.example'.length)
        const judged = await everywhere({ method, target, headers: [['host', 'bucket.example']] })
        return { canonicalRequest, url: url.replace(/(X-Amz-Signature=)\w+/, '$1'), expiresAt, judged }
      },
    },
  ]
}

/**
 * The versions before 4: AWS's own examples, and what a server makes of ours.
 *
 * @module
 */
import { createSigV2, presignS3V2, s3V2, signS3V2, signSigV2, signSigV3 } from 'countersign/sigv2'
import { createVerifier, VerificationError, type RequestMessage } from 'countersign/verify'
import { CREDENTIALS, DATE, now, secrets } from './inputs.ts'
import { expectEqual } from './output.ts'
import type { Case } from './suite.ts'

const DOCUMENTED = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
const OPTIONS = { credentials: CREDENTIALS, date: DATE }

async function judge(message: RequestMessage): Promise<unknown> {
  const verifier = createVerifier({
    service: 's3',
    region: 'local',
    algorithms: [s3V2, createSigV2({ methods: ['HmacSHA1', 'HmacSHA256'] })],
    unsignedPayload: 'allowed',
    secrets,
    now,
  })
  try {
    const { algorithm, payload, covered } = await verifier.verify(message)
    return { algorithm, payload, query: covered.query }
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    return error.code
  }
}

/** All of them. */
export function olderCases(): Case[] {
  return [
    {
      name: 'AWS: version 2 of S3',
      run: () => {
        const signed = signS3V2(
          {
            method: 'GET',
            url: 'https://johnsmith.s3.amazonaws.com/photos/puppy.jpg',
            headers: { Date: 'Tue, 27 Mar 2007 19:36:42 +0000' },
          },
          { credentials: DOCUMENTED, bucket: 'johnsmith' },
        )
        expectEqual(signed.signature, 'bWq2s1WEIj+Ydj0vQ697zp+IXMU=', 'signature')
        return signed
      },
    },
    {
      name: 'version 2 of S3, signed, presigned and verified',
      run: async () => {
        const url = 'https://s3.example/bucket/key?acl&x=1'
        const signed = signS3V2({ method: 'PUT', url, body: 'hello' }, OPTIONS)
        const presigned = presignS3V2({ method: 'GET', url }, { ...OPTIONS, expiresIn: 60 })
        const headers: [string, string][] = [['host', 's3.example']]
        const target = presigned.url.slice('https://s3.example'.length)
        return [
          signed,
          presigned,
          await judge({ method: 'PUT', target: '/bucket/key?acl&x=1', headers: signed.headers }),
          await judge({ method: 'GET', target, headers }),
          await judge({ method: 'GET', target: `${target}&policy`, headers }),
        ]
      },
    },
    ...(['HmacSHA1', 'HmacSHA256'] as const).map((signatureMethod) => ({
      name: `version 2 of the query APIs, ${signatureMethod}`,
      run: async () => {
        const signed = signSigV2(
          { method: 'GET', url: 'https://sdb.example/?Action=ListDomains&x=%C3%A9' },
          { ...OPTIONS, signatureMethod },
        )
        const target = signed.url.slice('https://sdb.example'.length)
        return [signed, await judge({ method: 'GET', target, headers: signed.headers })]
      },
    })),
    {
      name: 'AWS: version 3',
      run: () => {
        const signed = signSigV3(
          {
            method: 'GET',
            url: 'https://route53.example/',
            headers: { Date: 'Thu, 17 Nov 2005 18:49:58 GMT' },
          },
          { credentials: { accessKeyId: 'access_key', secretAccessKey: 'secret_key' } },
        )
        expectEqual(signed.signature, 'M245fo86nVKI8rLpH4HgWs841sBTUKuwciiTpjMDgPs=', 'signature')
        return signed
      },
    },
  ]
}

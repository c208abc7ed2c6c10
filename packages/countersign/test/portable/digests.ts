/**
 * Uploads that are held against the checksums of their headers.
 *
 * @module
 */
import { signRequest } from 'countersign'
import { createVerifier, VerificationError } from 'countersign/verify'
import { CREDENTIALS, DATE, now, secrets } from './inputs.ts'
import { collect, textOf, utf8 } from './output.ts'
import type { Case } from './suite.ts'

const BODY = '123456789'
/** Of `BODY`, as the catalogues of checksums and RFCs have them. */
const DIGESTS: readonly (readonly [string, string])[] = [
  ['content-md5', 'JfnnlDI7RTiF9RgfG2JNCw=='],
  ['x-amz-checksum-crc32', 'y/Q5Jg=='],
  ['x-amz-checksum-crc32c', '4waSgw=='],
  ['x-amz-checksum-crc64nvme', 'rosUhgp5mIg='],
  ['x-amz-checksum-sha1', '98O8HYCOBHMq32eZZczDTKeuNEE='],
  ['x-amz-checksum-sha256', 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU='],
]

async function upload(name: string, value: string): Promise<unknown> {
  const { method, headers } = signRequest(
    { method: 'PUT', url: 'https://bucket.example/key', headers: { [name]: value }, body: BODY },
    { credentials: CREDENTIALS, service: 's3', region: 'local', date: DATE, payloadHash: 'UNSIGNED-PAYLOAD' },
  )
  const verifier = createVerifier({
    service: 's3',
    region: 'local',
    secrets,
    now,
    unsignedPayload: 'allowed',
  })
  try {
    const { body, payload } = await verifier.verify({ method, target: '/key', headers, body: utf8(BODY) })
    return [payload, textOf(await collect(body!))]
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    return error.code
  }
}

/** All of them. */
export function digestCases(): Case[] {
  return DIGESTS.map(([name, value]) => ({
    name: `digest: ${name}`,
    run: async () => {
      const good = await upload(name, value)
      if (!Array.isArray(good)) throw new Error(`The right one is refused: ${String(good)}`)
      return [
        good,
        await upload(
          name,
          value.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')),
        ),
      ]
    },
  }))
}

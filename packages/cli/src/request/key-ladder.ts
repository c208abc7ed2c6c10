/**
 * The ladder from a secret access key to the signing key of a day, region and service, rung by rung.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html}
 * @module
 */
import { createHmac } from 'node:crypto'
import type { CredentialScope, SigningKey } from 'countersign'

/** A rung with its bytes in hex. Whoever has one can climb to the ones below it in this list. */
export type Rung = readonly [name: 'kDate' | 'kRegion' | 'kService' | 'kSigning', hex: string]

/** All rungs, from the secret down. */
export function climb(
  secretAccessKey: string,
  { date, region = '', service }: CredentialScope,
): readonly Rung[] {
  const kDate = hmac(`AWS4${secretAccessKey}`, date)
  const kRegion = hmac(kDate, region)
  const kService = hmac(kRegion, service)
  const kSigning = hmac(kService, 'aws4_request')
  return [
    ['kDate', kDate.toString('hex')],
    ['kRegion', kRegion.toString('hex')],
    ['kService', kService.toString('hex')],
    ['kSigning', kSigning.toString('hex')],
  ]
}

/** The one rung that a derived key is. */
export function lastRung(key: SigningKey): readonly Rung[] {
  return [['kSigning', key.export().split(':').at(-1) ?? '']]
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/**
 * Signed requests as they stand on the wire.
 *
 * @module
 */
import { signRequest, type HttpRequest, type SyncBody } from '../../../packages/countersign/src/index.ts'

/** Whose requests they are. */
export const CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}

/** A request whose target is what is signed, to the letter. */
export interface SignedText extends Partial<Omit<HttpRequest<SyncBody>, 'url'>> {
  readonly path?: string
  readonly host?: string
  readonly service?: string
}

/** A signed request as bytes, which asks for the end of the connection. */
export function signedText(given: SignedText = {}): string {
  const { path = '/b/k', host = 'h', service = 's3', body, ...rest } = given
  const signed = signRequest(
    { method: 'GET', url: `http://${host}${path}`, body, ...rest },
    { credentials: CREDENTIALS, service, region: 'us-east-1' },
  )
  const text = signed.body ? Buffer.from(signed.body).toString('latin1') : ''
  const lines = signed.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const length = signed.body ? `content-length: ${text.length}\r\n` : ''
  return `${signed.method} ${path} HTTP/1.1\r\n${lines}${length}connection: close\r\n\r\n${text}`
}

/**
 * Keys of CloudFront in files.
 *
 * @module
 */
import type { CloudFrontKey } from 'countersign/cloudfront'
import { CommandError } from '../frame/command-error.ts'
import { readBytes } from '../frame/files.ts'

/**
 * Reads a key. What begins like text is PEM or JWK, all else DER.
 *
 * @param path `-` for standard input
 * @throws {@link CommandError} `FILE_UNREADABLE`, `KEY_INVALID`
 */
export async function readCloudFrontKey(path: string): Promise<CloudFrontKey> {
  const bytes = await readBytes(path, '--key')
  const text = Buffer.from(bytes).toString('latin1').trim()
  if (text.startsWith('-----BEGIN ')) return text
  return text.startsWith('{') ? parseJwk(text) : Uint8Array.from(bytes)
}

function parseJwk(text: string): CloudFrontKey {
  try {
    return JSON.parse(text) as JsonWebKey
  } catch (cause) {
    throw new CommandError('KEY_INVALID', '--key begins like a JWK, and is no JSON', {
      why: 'a JWK is one JSON object',
      fix: 'check the file, which may have been cut off',
      cause,
    })
  }
}

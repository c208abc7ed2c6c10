/**
 * CloudFront's URLs and cookies. RSA signs alike everywhere; ECDSA does not, so there what a server makes of it is
 * compared.
 *
 * @module
 */
import {
  createCloudFrontSigner,
  formatSetCookies,
  verifySignedCookies,
  verifySignedUrl,
} from 'countersign/cloudfront'
import { DATE, now, type Inputs, type KeyPair } from './inputs.ts'
import { outcomeOf } from './output.ts'
import type { Case } from './suite.ts'

const FILM = 'https://d111111abcdef8.cloudfront.net/films/The Castle.mp4?a=ä'
const dateLessThan = new Date(DATE.getTime() + 3_600_000)
const keyPairId = 'K2JCJMDEHXQW5F'

async function signAndVerify(
  { privateKey, publicKey }: KeyPair,
  algorithm: 'SHA1' | 'SHA256',
): Promise<unknown> {
  const signer = createCloudFrontSigner({ keyPairId, privateKey, algorithm })
  const { url } = await signer.signUrl(FILM, { dateLessThan })
  const { cookies } = await signer.signCookies({
    policy: {
      resource: 'https://d111111abcdef8.cloudfront.net/films/*',
      dateLessThan,
      ipAddress: '2001:db8::/32',
    },
  })
  const options = { keyPairId, publicKey, now, remoteAddress: '2001:db8::1' }
  const header = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  return {
    signed: [url, formatSetCookies(cookies)],
    verified: [
      await outcomeOf(() => verifySignedUrl(url, options)),
      await outcomeOf(() => verifySignedUrl(url.replace('Castle', 'Trial'), options)),
      await outcomeOf(() => verifySignedCookies(FILM, header, options)),
      await outcomeOf(() => verifySignedCookies(FILM, header, { ...options, remoteAddress: '192.0.2.1' })),
    ],
  }
}

/** All of them. */
export function cloudFrontCases({ keys }: Inputs): Case[] {
  return [
    { name: 'CloudFront: RSA with SHA-1', run: () => signAndVerify(keys.rsa, 'SHA1') },
    { name: 'CloudFront: RSA with SHA-256', run: () => signAndVerify(keys.rsa, 'SHA256') },
    {
      name: 'CloudFront: ECDSA',
      run: async () => ((await signAndVerify(keys.ec, 'SHA256')) as { verified: unknown }).verified,
    },
  ]
}

/** Opens one film for an hour with a signed URL, and a folder of films to one client with cookies. */
import { generateKeyPairSync } from 'node:crypto'
import { createCloudFrontSigner, formatSetCookies, verifySignedUrl } from 'countersign/cloudfront'

// In real life: the private key of a CloudFront key group, from where you keep your secrets.
const { privateKey, publicKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'sec1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})
const keyPairId = 'K2JCJMDEHXQW5F'
const signer = createCloudFrontSigner({ keyPairId, privateKey })
const inAnHour = new Date(Date.now() + 3_600_000)

const { url } = await signer.signUrl('https://d111111abcdef8.cloudfront.net/films/The Castle.mp4', {
  dateLessThan: inAnHour,
})
console.log(url)

const { cookies } = await signer.signCookies({
  policy: {
    resource: 'https://d111111abcdef8.cloudfront.net/films/*',
    dateLessThan: inAnHour,
    ipAddress: '2001:db8::/32',
  },
})
for (const value of formatSetCookies(cookies, { path: '/films/' })) console.log('Set-Cookie:', value)

// What CloudFront does with the public key, for tests and for servers of your own.
const { kind, policy } = await verifySignedUrl(url, { keyPairId, publicKey })
console.log(`good, ${kind} policy, closes ${new Date(policy.dateLessThan * 1000).toISOString()}`)
try {
  await verifySignedUrl(url.replace('Castle', 'Trial'), { keyPairId, publicKey })
} catch (error) {
  console.log('another film:', error.code)
}

/**
 * Hands out temporary keys and verifies what they sign, without a database of them: all that there is to know of a key
 * is in its session token, sealed so that only this server can read or make it.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { signRequest } from 'countersign'
import { createVerifier, detailOf, VerificationError } from 'countersign/verify'

/** In practice from a store of secrets; the issuer and all verifiers have the same. */
const master = randomBytes(32)
const sealingKey = keyFor('session tokens')
const secretsKey = keyFor('secrets')
const nonceBytes = 12
const tagBytes = 16

/** @param {string} use one key must not serve two */
function keyFor(use) {
  return Buffer.from(hkdfSync('sha256', master, '', use, 32))
}

// The issuer. Whoever calls it has proved who he is, such as with a proof of identity.

/**
 * @param {string} principal
 * @param {number} seconds
 */
function issueKeys(principal, seconds) {
  const accessKeyId = `TEMP${randomBytes(10).toString('hex').toUpperCase()}`
  const expiration = new Date(Date.now() + seconds * 1000)
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', sealingKey, nonce, { authTagLength: tagBytes })
  // Binds the token to its key: with another id it does not open.
  cipher.setAAD(Buffer.from(accessKeyId))
  const text = JSON.stringify({ principal, end: expiration.getTime() })
  const sealed = [nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]
  const sessionToken = Buffer.concat(sealed).toString('base64url')
  return { accessKeyId, secretAccessKey: secretOf(accessKeyId), sessionToken, expiration }
}

/**
 * The secret follows from the id, so that the token need not hold it.
 *
 * @param {string} accessKeyId
 */
function secretOf(accessKeyId) {
  return createHmac('sha256', secretsKey).update(accessKeyId).digest('base64')
}

// The verifier, on any server that has the sealing key.

/** @type {import('countersign/verify').SecretsLookup<string>} */
function openToken(accessKeyId, { sessionToken = '' }) {
  const bytes = Buffer.from(sessionToken, 'base64url')
  try {
    const nonce = bytes.subarray(0, nonceBytes)
    const decipher = createDecipheriv('aes-256-gcm', sealingKey, nonce, { authTagLength: tagBytes })
    decipher.setAAD(Buffer.from(accessKeyId)).setAuthTag(bytes.subarray(-tagBytes))
    const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes)) + decipher.final('utf8')
    const { principal, end } = JSON.parse(text)
    return { secretAccessKey: secretOf(accessKeyId), sessionToken, principal, notAfter: new Date(end) }
  } catch {
    return undefined // no token, one of somebody else, or none of ours: there is no such key
  }
}

const verifier = createVerifier({ secrets: openToken, service: 'orders', region: 'local' })

// A client: it uses them as it would use keys of AWS.

/** @param {import('countersign').Credentials} credentials */
async function order(credentials) {
  const url = 'https://orders.example.com/pizza'
  const { expiration: _, ...keys } = credentials
  const signed = signRequest(
    { method: 'GET', url },
    { credentials: keys, service: 'orders', region: 'local' },
  )
  try {
    const { principal } = await verifier.verify({ method: 'GET', target: '/pizza', headers: signed.headers })
    return `hello ${principal}`
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    const { code, status } = detailOf(error)
    return `${status} ${code}`
  }
}

const alice = issueKeys('alice', 900)
const bob = issueKeys('bob', 900)
console.log('alice:', await order(alice))
console.log('bob:', await order(bob))
console.log('alice with the token of bob:', await order({ ...alice, sessionToken: bob.sessionToken }))
console.log(
  'bob with the id and token of alice:',
  await order({ ...alice, secretAccessKey: bob.secretAccessKey }),
)
console.log(
  'no token:',
  await order({ accessKeyId: alice.accessKeyId, secretAccessKey: alice.secretAccessKey }),
)
console.log('an hour late:', await order(issueKeys('carol', -3600)))

/**
 * How secrets lie in the store: sealed, so that a copy of the file shows none of them, and bound to their place, so
 * that whoever can write to the file cannot give one key's secret to another key or to another principal.
 *
 * @module
 */
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes } from 'node:crypto'

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Where a sealed text belongs: what it is for, then the names that lead to it. */
export type Place = readonly (string | number)[]

/** Seals texts, and opens them. */
export interface Sealer {
  /** Nonce, ciphertext and tag. */
  seal(text: string, place: Place): Uint8Array
  /** The text, or nothing where the bytes were altered, moved, or sealed with another key. */
  unseal(sealed: Uint8Array, place: Place): string | undefined
}

/**
 * A sealer with a key of the store's own. The master key goes through HKDF with the store's salt: so one master key
 * may serve several stores, no nonce can meet the same key in two of them, and nothing that is moved from one store
 * to another can be opened there.
 */
export function createSealer(masterKey: Uint8Array, salt: Uint8Array): Sealer {
  const key = createSecretKey(
    new Uint8Array(hkdfSync('sha256', masterKey, salt, 'countersign key store: AES-256-GCM', 32)),
  )
  return {
    seal(text, place) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(formatPlace(place))
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    },
    unseal(sealed, place) {
      if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined
      const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(formatPlace(place)).setAuthTag(sealed.subarray(-TAG_BYTES))
      try {
        const text = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES))
        return Buffer.concat([text, decipher.final()]).toString('utf8')
      } catch {
        return undefined
      }
    },
  }
}

/** JSON keeps the names apart: `["a","bc"]` is not `["ab","c"]`. */
function formatPlace(place: Place): Uint8Array {
  return Buffer.from(JSON.stringify(place))
}

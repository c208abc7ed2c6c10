import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createSealer } from './sealed-secret.ts'

const MASTER_KEY = randomBytes(32)
const SALT = randomBytes(32)
const PLACE = ['secret access key', 'AKID', 'ann', 1] as const
const sealer = createSealer(MASTER_KEY, SALT)

describe('createSealer', () => {
  it('opens what it sealed, with another sealer of the same keys', () => {
    const sealed = sealer.seal('a secret', PLACE)
    expect(createSealer(MASTER_KEY, SALT).unseal(sealed, PLACE)).toBe('a secret')
    expect(sealer.unseal(sealer.seal('', PLACE), PLACE)).toBe('')
  })

  it('shows nothing of the text, and seals it differently each time', () => {
    const once = Buffer.from(sealer.seal('a secret', PLACE))
    expect(once.includes('secret')).toBe(false)
    const nonces = Array.from({ length: 500 }, () =>
      Buffer.from(sealer.seal('a secret', PLACE)).toString('hex', 0, 12),
    )
    expect(new Set(nonces).size).toBe(500)
  })

  it('opens nothing of which one bit was changed, or a part is gone', () => {
    const sealed = sealer.seal('a secret', PLACE)
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const altered = Uint8Array.from(sealed)
      altered[bit >> 3]! ^= 1 << (bit & 7)
      expect(sealer.unseal(altered, PLACE), `bit ${bit}`).toBeUndefined()
    }
    for (let length = 0; length < sealed.length; length++) {
      expect(sealer.unseal(sealed.subarray(0, length), PLACE), `${length} bytes`).toBeUndefined()
    }
  })

  it.each([
    [['secret access key', 'AKID', 'ann', 2]],
    [['secret access key', 'AKID', 'bob', 1]],
    [['secret access key', 'OTHER', 'ann', 1]],
    [['check', 'AKID', 'ann', 1]],
    [['secret access key', 'AKIDann', '', 1]],
    [['secret access key', 'AKID', 'ann', '1']],
  ])('opens nothing at another place: %j', (place) => {
    expect(sealer.unseal(sealer.seal('a secret', PLACE), place)).toBeUndefined()
  })

  it('opens nothing with another master key, or in another store', () => {
    const sealed = sealer.seal('a secret', PLACE)
    expect(createSealer(randomBytes(32), SALT).unseal(sealed, PLACE)).toBeUndefined()
    expect(createSealer(MASTER_KEY, randomBytes(32)).unseal(sealed, PLACE)).toBeUndefined()
  })

  it('does not show its key', () => {
    const shown = inspect(sealer, { depth: 9, showHidden: true }) + JSON.stringify(sealer)
    expect(shown).not.toContain(MASTER_KEY.toString('hex', 0, 4))
  })
})

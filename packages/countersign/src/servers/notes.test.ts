import { describe, expect, it } from 'vitest'
import { createNotes } from './notes.ts'

describe('a note', () => {
  const verified = createNotes<string>()
  const others = createNotes<string>()

  it('is on one object, of one kind, and may be written anew', () => {
    const object = { a: 1 }
    expect(verified.read(object)).toBeUndefined()
    verified.write(object, 'first')
    verified.write(object, 'second')
    expect(verified.read(object)).toBe('second')
    expect(others.read(object)).toBeUndefined()
    expect(verified.read({ a: 1 })).toBeUndefined()
  })

  it('shows nowhere, and no copy has it', () => {
    const object = { a: 1 }
    verified.write(object, 'first')
    expect(Reflect.ownKeys(object)).toEqual(['a'])
    expect(JSON.stringify(object)).toBe('{"a":1}')
    for (const copy of [{ ...object }, Object.assign({}, object), Object.create(object) as object]) {
      expect(verified.read(copy)).toBeUndefined()
    }
  })

  it('may stand on what is frozen', () => {
    const object = Object.freeze({})
    verified.write(object, 'first')
    expect(verified.read(object)).toBe('first')
  })
})

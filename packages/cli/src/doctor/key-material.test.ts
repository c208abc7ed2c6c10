/** Faults of keys, each told by where it is, and without a letter of the key. */
import { describe, expect, it } from 'vitest'
import { lintKey, type KeyMaterial } from './key-material.ts'

const ID = 'AKIA0123456789ABCDEF'
const TEMPORARY = 'ASIA0123456789ABCDEF'
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYqwertyuiop'
const TOKEN = 'IQoJb3JpZ2luX2VjEJr//////////wEaCWV1LXdlc3QtMSJ'

function messages(key: KeyMaterial): readonly string[] {
  return lintKey(key).map(({ message }) => message)
}

it('has nothing to say of keys that are as AWS hands them out, or other stores', () => {
  expect(lintKey({ accessKeyId: ID, secretAccessKey: SECRET })).toEqual([])
  expect(lintKey({ accessKeyId: TEMPORARY, secretAccessKey: SECRET, sessionToken: TOKEN })).toEqual([])
  expect(lintKey({ accessKeyId: 'minioadmin', secretAccessKey: 'minio-admin!' })).toEqual([])
  expect(lintKey({ accessKeyId: ID })).toEqual([])
})

describe('tells of', () => {
  it.each([
    [
      `${SECRET}\n`,
      'the secret access key ends in a line end (U+000A) (41 characters, 40 without blanks at its ends)',
    ],
    [
      `${SECRET}\r`,
      'the secret access key ends in a carriage return (U+000D) (41 characters, 40 without blanks at its ends)',
    ],
    [
      ` ${SECRET}`,
      'the secret access key begins with a blank (U+0020) (41 characters, 40 without blanks at its ends)',
    ],
    [
      `\uFEFF${SECRET}`,
      'the secret access key begins with a byte order mark (U+FEFF) (41 characters, 40 without blanks at its ends)',
    ],
    [
      `${SECRET.slice(0, 11)}\u200B${SECRET.slice(11)}`,
      'the secret access key has a zero-width space (U+200B) at position 12',
    ],
    [`${SECRET.slice(0, 11)}\u{1F600}`, 'the secret access key has the character U+1F600 at position 12'],
    [SECRET.replace('/', '%2F'), 'the secret access key has %2F in it: it was URL-encoded'],
    [SECRET.slice(1), 'the secret access key has 39 characters, and those of AWS have 40'],
  ])('a secret such as %j', (secretAccessKey, message) => {
    expect(messages({ accessKeyId: ID, secretAccessKey })).toEqual([message])
  })

  it.each([
    [
      { accessKeyId: SECRET, secretAccessKey: ID },
      'the access key id and the secret access key are exchanged',
    ],
    [
      { accessKeyId: TEMPORARY, secretAccessKey: SECRET },
      'keys that begin with ASIA need their session token, and there is none',
    ],
    [
      { accessKeyId: ID, secretAccessKey: SECRET, sessionToken: TOKEN },
      'the key is a long-term one, and a session token came with it',
    ],
    [
      { accessKeyId: TEMPORARY, secretAccessKey: SECRET, sessionToken: `${TOKEN.slice(0, 9)} ${TOKEN}` },
      'the session token has a blank (U+0020) at position 10',
    ],
    [
      { accessKeyId: `${ID} `, secretAccessKey: SECRET },
      'the access key id ends in a blank (U+0020) (21 characters, 20 without blanks at its ends)',
    ],
    [{ accessKeyId: ID.slice(1), secretAccessKey: SECRET }, undefined],
    [
      { accessKeyId: ID.slice(0, -1), secretAccessKey: SECRET },
      'the access key id has 19 characters, and those of AWS have 20',
    ],
    [
      { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: SECRET },
      'the access key id is an example of AWS, which works nowhere',
    ],
  ])('%j', (key, message) => {
    expect(messages(key)).toEqual(message === undefined ? [] : [message])
  })

  it('keys without showing any part of them', () => {
    for (const secretAccessKey of [`${SECRET}\n`, SECRET.slice(3), SECRET.replace('/', '%2F')]) {
      const text = JSON.stringify(lintKey({ accessKeyId: ID, secretAccessKey }))
      for (let start = 0; start + 6 <= SECRET.length; start++) {
        expect(text).not.toContain(SECRET.slice(start, start + 6))
      }
    }
  })
})

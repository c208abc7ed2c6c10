/**
 * Object keys that careless encoding breaks on, and the two ways to write them into a URL.
 */

/** By a name for the table. */
export const ODD_KEYS = new Map([
  ['plain', 'folder/plain.txt'],
  ['space', 'a b'],
  ['spaces at both ends', ' a '],
  ['tab', 'a\tb'],
  ['plus', 'a+b'],
  ['percent', '100%'],
  ['percent, digits', 'a%41b'],
  ['%2F as text', 'a%2Fb'],
  ['%252F as text', 'a%252Fb'],
  ['two slashes', 'a//b'],
  ['leading slash', '/a'],
  ['trailing slash', 'a/'],
  ['slashes alone', '//'],
  ['one dot', '.'],
  ['two dots', '..'],
  ['dot segment', 'a/./b'],
  ['two dots inside', 'a/../b'],
  ['two dots first', '../a'],
  ['two dots last', 'a/..'],
  ['question mark', 'a?b'],
  ['hash', 'a#b'],
  ['like a query', 'a?b=c&d=e#f'],
  ['equals', 'a=b'],
  ['ampersand', 'a&b'],
  ['brackets and the like', "!'()*,;:@$[]"],
  ['unreserved', '~-_.'],
  ['backslash', 'a\\b'],
  ['quotes, angles, braces', '"<>`^{|}'],
  ['e acute, composed', 'caf\u00E9'],
  ['e acute, decomposed', 'cafe\u0301'],
  ['kanji', '日本/語.txt'],
  ['emoji', '🔑/👩‍💻'],
  ['1,000 characters', `${'0123456789'.repeat(99)}/0123+5 7%`],
  ['1,020 bytes of kanji', '日'.repeat(340)],
])

/**
 * A key with everything encoded but letters, digits, `-._~` and slashes: as S3's documents have it.
 *
 * @param {string} key
 */
export function encodeKey(key) {
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
}

/**
 * A key with only that encoded which means something else in a URL: as people type it, `é` and spaces included.
 *
 * @param {string} key
 */
export function typeKey(key) {
  return key.replace(/[%?#\t]/g, (mark) => encodeURIComponent(mark))
}

/**
 * Reads S3's XML, as far as the trials need it.
 */

const ENTITIES = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

/**
 * Texts of all elements of a name.
 *
 * @param {Uint8Array} xml
 * @param {string} name
 * @returns {string[]}
 */
export function elements(xml, name) {
  const text = Buffer.from(xml).toString('utf8')
  return [...text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, inner = '']) =>
    unescape(inner),
  )
}

/**
 * The keys of a listing.
 *
 * @param {Uint8Array} xml
 */
export const listedKeys = (xml) => elements(xml, 'Key')

/** @param {string} text */
function unescape(text) {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) =>
    name === undefined
      ? String.fromCodePoint(hex === undefined ? Number(decimal) : parseInt(hex, 16))
      : (ENTITIES.get(name) ?? whole),
  )
}

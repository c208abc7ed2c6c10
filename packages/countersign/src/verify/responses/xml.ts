/**
 * The little XML that an error body needs.
 *
 * @see {@link https://www.w3.org/TR/xml/#charsets}
 * @module
 */

const LONGEST = 8 * 1024
const MARKUP: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
}

/** Text as content of an element: markup escaped, characters that XML cannot hold replaced, cut where it is too long. */
function escapeXml(text: string): string {
  return text
    .slice(0, LONGEST)
    .replace(/[&<>"\r]/g, (character) => MARKUP[character]!)
    .replace(/[^\t\n\x20-\ud7ff\ue000-\ufffd]/g, '\ufffd')
}

/** Elements in the order given. */
export function formatElements(elements: readonly (readonly [name: string, text: string])[]): string {
  return elements.map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`).join('')
}

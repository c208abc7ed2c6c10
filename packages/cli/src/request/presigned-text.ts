/**
 * Presigned URLs as they come out of mails, chats, logs and HTML: what was done to them on the way, undone.
 *
 * @module
 */

/** One kind of damage, and how it is undone. */
interface Repair {
  /** For people. */
  readonly damage: string
  undo(text: string): string
}

const HEX_ESCAPE = /%25([0-9a-f]{2})/gi

const REPAIRS: readonly Repair[] = [
  { damage: 'blanks or line ends in it', undo: (text) => text.replace(/\s+/g, '') },
  {
    damage: 'quotes or brackets around it',
    undo: (text) => text.replace(/^["'`<([]+|["'`>)\]]+$/g, ''),
  },
  { damage: '& written as &amp;', undo: (text) => text.replace(/&amp;/gi, '&') },
  { damage: String.raw`& written as \u0026`, undo: (text) => text.replace(/\\+u0026/gi, '&') },
  { damage: 'backslashes before its signs', undo: (text) => text.replace(/\\([?&=%])/g, '$1') },
  { damage: 'encoded as a whole', undo: decodeWhole },
  { damage: 'encoded twice', undo: decodeTwice },
]

function decodeWhole(text: string): string {
  if (!/^https?%3A%2F%2F/i.test(text)) return text
  return text.replace(/%(?:3A|2F|3F|26|3D|25|40)/gi, (escape) => decodeURIComponent(escape))
}

/** A credential holds slashes, which are escaped once: `%252F` there was escaped twice. */
function decodeTwice(text: string): string {
  return /X-Amz-Credential=[^&]*%252F/i.test(text) ? text.replace(HEX_ESCAPE, '%$1') : text
}

/** A URL with its damage undone, and the names of what was done to it. */
export function repairUrl(text: string): { readonly url: string; readonly damages: readonly string[] } {
  const damages: string[] = []
  let url = text
  for (const { damage, undo } of REPAIRS) {
    const undone = undo(url)
    if (undone !== url) damages.push(damage)
    url = undone
  }
  return { url, damages }
}

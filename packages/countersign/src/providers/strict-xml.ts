/**
 * XML as AWS's query services answer with: elements and text. What they do not send, such as comments, CDATA and
 * document types, is not read, so that two readers cannot understand one answer differently.
 *
 * @module
 */

/** An element with what is in it: elements, or text. */
export interface XmlElement {
  readonly name: string
  readonly children: readonly XmlElement[]
  /** Without the blanks around it; empty where there are elements. */
  readonly text: string
}

interface OpenElement extends XmlElement {
  readonly children: XmlElement[]
  text: string
}

const PROLOG = /^\s*(?:<\?xml [^<>?]*\?>)?\s*/
const TOKEN = /<(\/?)([A-Za-z]\w*)(?:\s+[A-Za-z][\w:]*="[^"<&]*")*\s*(\/?)>|([^<]+)/y
const ENTITY = /&(\w*;?)/g
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp;', '&'],
  ['lt;', '<'],
  ['gt;', '>'],
  ['quot;', '"'],
  ['apos;', "'"],
])

/** Reads a document; `undefined` when it is not of this kind. */
export function parseStrictXml(document: string): XmlElement | undefined {
  const token = new RegExp(TOKEN)
  token.lastIndex = PROLOG.exec(document)?.[0].length ?? 0
  const top: OpenElement = { name: '', children: [], text: '' }
  const open = [top]
  while (token.lastIndex < document.length) {
    const [all, isEnd, name = '', isEmpty, text] = token.exec(document) ?? []
    const current = open.at(-1)
    if (all === undefined || !current) return undefined
    if (text !== undefined) current.text += text
    else if (isEnd) {
      open.pop()
      if (isEmpty || current.name !== name || !close(current)) return undefined
    } else {
      const element = { name, children: [], text: '' }
      current.children.push(element)
      if (!isEmpty) open.push(element)
    }
  }
  const isWhole = open.length === 1 && top.children.length === 1 && top.text.trim() === ''
  return isWhole ? top.children[0] : undefined
}

/** Settles the text of an element; `false` when it is mixed with elements, or has an entity that is not known. */
function close(element: OpenElement): boolean {
  const text = element.text.trim()
  if (element.children.length > 0 && text !== '') return false
  if ([...text.matchAll(ENTITY)].some(([, entity = '']) => !ENTITIES.has(entity))) return false
  element.text = text.replace(ENTITY, (_, entity: string) => ENTITIES.get(entity) ?? '')
  return true
}

/** The one child of a name; `undefined` when there is none, or more than one. */
export function onlyChild(element: XmlElement | undefined, name: string): XmlElement | undefined {
  const children = element?.children.filter((child) => child.name === name) ?? []
  return children.length === 1 ? children[0] : undefined
}

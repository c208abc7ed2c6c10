/**
 * Requests to a store and how they are answered.
 *
 * @module
 */
import type { ServerResponse } from 'node:http'

/** A request to a store, whoever let it in. */
export interface StoreRequest {
  readonly method: string
  /** Raw. */
  readonly path: string
  /** Decoded. */
  readonly query: ReadonlyMap<string, string>
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: AsyncIterable<Uint8Array> | readonly Uint8Array[]
}

/** Part of a document: an element with its text or its own elements. */
export type Element = readonly [name: string, content: string | number | readonly Element[]]

/** To whom everything belongs. */
export const OWNER: Element = [
  'Owner',
  [
    ['ID', 'owner'],
    ['DisplayName', 'owner'],
  ],
]

/** Writes elements. */
function formatElements(elements: readonly Element[]): string {
  return elements.map(([name, content]) => `<${name}>${formatContent(content)}</${name}>`).join('')
}

function formatContent(content: Element[1]): string {
  return typeof content === 'object' ? formatElements(content) : escapeXml(String(content))
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

const ENTITIES = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
])

/** The texts of all elements of a name. */
export function readElements(xml: string, name: string): string[] {
  const found = xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))
  return [...found].map(([, text = '']) =>
    text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (_, decimal?: string, hex?: string, entity = '') => {
      if (decimal ?? hex) return String.fromCodePoint(decimal ? Number(decimal) : parseInt(hex!, 16))
      return ENTITIES.get(String(entity)) ?? ''
    }),
  )
}

/** Answers with a document. */
export function sendXml(response: ServerResponse, root: string, content: Element[1]): void {
  response.setHeader('content-type', 'application/xml')
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
      `${formatContent(content)}</${root}>`,
  )
}

/** Answers that it cannot be done. */
export function sendError(response: ServerResponse, method: string, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(
    method === 'HEAD' ? undefined : `<Error><Code>${code}</Code><Message>${code}</Message></Error>`,
  )
}

/** Reads a body to its end. */
export async function readBody(body: StoreRequest['body']): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

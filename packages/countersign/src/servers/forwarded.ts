/**
 * The syntax of the headers by which proxies tell what they were asked for.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7239#section-4}
 * @module
 */
import { isIpAddress } from '../core/ip-range.ts'
import type { RequestMessage } from '../verify/message.ts'
import { refuse } from '../verify/refusals.ts'

const PAIR = /^([!#$%&'*+\-.^_`|~\w]+)=(?:([!#$%&'*+\-.^_`|~\w:[\]]+)|"((?:[^"\\]|\\.)*)")$/
/** An IPv4 address or an IPv6 address in brackets, each maybe with a port; or an IPv6 address as it is. */
const NODE = /^(?:([\d.]+)(?::\d{1,5})?|\[([\da-f:.]+)\](?::\d{1,5})?|([\da-f:.]+))$/i

/** Values of a header that is a list, in the order of the wire, however many fields they are spread over. */
export function readList(headers: RequestMessage['headers'], name: string): string[] {
  return headers
    .filter(([given]) => given.toLowerCase() === name)
    .flatMap(([, value]) => value.split(','))
    .map((value) => value.trim())
}

/** The value that the peer itself has written: the last one of a list. */
export function readLast(headers: RequestMessage['headers'], name: string): string | undefined {
  return readList(headers, name).at(-1)
}

/**
 * The hops that `Forwarded` tells of, that of the client first, each with its parameters by lower-case names.
 *
 * @throws {@link VerificationError} `REQUEST_MALFORMED`
 */
export function readForwardedHops(headers: RequestMessage['headers']): ReadonlyMap<string, string>[] {
  const fields = headers.filter(([name]) => name.toLowerCase() === 'forwarded').map(([, value]) => value)
  return fields.flatMap((field) => splitOutsideQuotes(field, ',')).map(readHop)
}

function readHop(text: string): ReadonlyMap<string, string> {
  const hop = new Map<string, string>()
  for (const part of splitOutsideQuotes(text, ';')) {
    const [, name, token, quoted] = PAIR.exec(part) ?? []
    const key = name?.toLowerCase()
    if (key === undefined || hop.has(key)) throw refuse('REQUEST_MALFORMED', 'Forwarded cannot be read')
    hop.set(key, token ?? (quoted ?? '').replaceAll(/\\(.)/g, '$1'))
  }
  return hop
}

function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  const parts = ['']
  let isQuoted = false
  let isEscaped = false
  for (const character of text) {
    const isEnd = character === separator && !isQuoted
    if (isEnd) parts.push('')
    else parts[parts.length - 1] += character
    if (character === '"' && !isEscaped) isQuoted = !isQuoted
    isEscaped = isQuoted && character === '\\' && !isEscaped
  }
  return parts.map((part) => part.trim())
}

/** The address of a node, without its port; absent where it is hidden or none. */
export function readForwardedAddress(node: string | undefined): string | undefined {
  const [, ipv4, bracketed, ipv6] = NODE.exec(node ?? '') ?? []
  const address = ipv4 ?? bracketed ?? ipv6
  return address !== undefined && isIpAddress(address) ? address : undefined
}

/**
 * Ranges of IP addresses in CIDR notation, `192.0.2.0/24` or `2001:db8::/32`, as a policy restricts clients to them, and
 * a server names the proxies that it trusts.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc4632#section-3.1} CIDR notation
 * @see {@link https://www.rfc-editor.org/rfc/rfc4291#section-2.2} text form of IPv6
 * @module
 */
import { SigningError } from '../errors.ts'

const OCTET = /^(?:0|[1-9]\d{0,2})$/
const GROUP = /^[\da-f]{1,4}$/i
const PREFIX = /^(?:0|[1-9]\d{0,2})$/
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]

/** A range that was read. */
export interface IpRange {
  /** 4 or 16 of them. */
  readonly bytes: readonly number[]
  /** How many leading bits count. */
  readonly prefix: number
}

/**
 * Writes a range the way a policy has it: as it was given, with `/32` or `/128` behind a single address.
 *
 * @throws {@link SigningError} `IP_RANGE_INVALID`
 */
export function formatIpRange(given: unknown): string {
  const text = typeof given === 'string' ? given : ''
  const { bytes } = parseIpRange(text)
  return text.includes('/') ? text : `${text}/${bytes.length * 8}`
}

/**
 * Whether an address lies in a range. An IPv4 address that a socket gives as `::ffff:192.0.2.1` counts as the IPv4
 * address; what is no address lies nowhere.
 *
 * @throws {@link SigningError} `IP_RANGE_INVALID` for the range
 */
export function isInIpRange(address: string, range: string | IpRange): boolean {
  const { bytes, prefix } = typeof range === 'string' ? parseIpRange(range) : range
  const given = parseAddress(address)
  const isMapped = given?.length === 16 && MAPPED.every((byte, index) => given[index] === byte)
  const candidate = isMapped && bytes.length === 4 ? given.slice(MAPPED.length) : given
  return candidate?.length === bytes.length && bitsOf(candidate, prefix) === bitsOf(bytes, prefix)
}

/**
 * Reads a range; a single address is one of its own.
 *
 * @throws {@link SigningError} `IP_RANGE_INVALID`
 */
export function parseIpRange(text: string): IpRange {
  const [address = '', digits, ...rest] = text.split('/')
  const bytes = parseAddress(address)
  const most = (bytes?.length ?? 0) * 8
  const prefix = digits === undefined ? most : PREFIX.test(digits) ? Number(digits) : Infinity
  if (bytes && prefix <= most && rest.length === 0) return { bytes, prefix }
  throw new SigningError(
    'IP_RANGE_INVALID',
    'An IP range must be an address, or one such as 192.0.2.0/24 or 2001:db8::/32',
  )
}

/** Whether a text is one address of either kind. */
export function isIpAddress(text: string): boolean {
  return parseAddress(text) !== undefined
}

function parseAddress(text: string): number[] | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

function parseIpv4(text: string): number[] | undefined {
  const octets = text.split('.')
  const isValid = octets.length === 4 && octets.every((octet) => OCTET.test(octet) && Number(octet) <= 255)
  return isValid ? octets.map(Number) : undefined
}

function parseIpv6(text: string): number[] | undefined {
  const [head = '', tail, ...rest] = text.split('::')
  const left = parseGroups(head)
  const right = parseGroups(tail ?? '')
  if (!left || !right || rest.length > 0) return undefined
  const missing = 16 - left.length - right.length
  // A double colon stands for one group at least; without it none may be missing.
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined
  // The IPv4 form is for the end alone.
  if (tail !== undefined && head.includes('.')) return undefined
  return [...left, ...Array<number>(missing).fill(0), ...right]
}

/** Bytes of groups between colons, of which the last may be an IPv4 address. */
function parseGroups(text: string): number[] | undefined {
  const bytes: number[] = []
  const groups = text === '' ? [] : text.split(':')
  for (const [index, group] of groups.entries()) {
    const ipv4 = index === groups.length - 1 && group.includes('.') ? parseIpv4(group) : undefined
    if (!ipv4 && !GROUP.test(group)) return undefined
    const value = parseInt(group, 16)
    bytes.push(...(ipv4 ?? [value >> 8, value & 255]))
  }
  return bytes
}

function bitsOf(bytes: readonly number[], count: number): string {
  return bytes
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('')
    .slice(0, count)
}

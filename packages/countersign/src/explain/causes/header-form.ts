/**
 * Causes in headers: the list of what is signed, the form of the text, and who else put a signature in.
 *
 * @module
 */
import { parseParts, formatParts } from '../canonical-parts.ts'
import type { Case } from '../case.ts'
import type { Cause, Finding } from '../cause.ts'
import type { Change } from '../change.ts'
import { firstValue } from '../signature-claim.ts'
import { namesIn, withoutHeader } from './header-lines.ts'

/** The headers that a server says were not signed, or that a look at the request shows. */
function unsignedNames({ answer, request, wire }: Case): { names: string[]; isStated: boolean } {
  const told = answer?.fields.get('HeadersNotSigned')
  if (told) return { names: told.split(/,\s*/).map((name) => name.toLowerCase()), isStated: true }
  const signed = new Set(namesIn(request.claim?.signedHeaders ?? ''))
  if (signed.size === 0) return { names: [], isStated: false }
  const isOpen = (name: string): boolean => name.startsWith('x-amz-') && !signed.has(name)
  const names = (wire ?? request).headers.map(([name]) => name).filter(isOpen)
  return { names: [...new Set(names)], isStated: false }
}

/** Headers with which networks, not clients, mark requests. */
const ADDED_BY_NETWORKS = /^x-amz-cf-id$|^x-amzn-|^x-amz-(?:apigw|edge|vpc|trace)/

function wasGiven({ request }: Case, wanted: string): boolean {
  return request.headers.some(([name]) => name === wanted)
}

function findUnsigned(evidence: Case, isOwn: (name: string) => boolean, advice: string): Finding[] {
  const { names, isStated } = unsignedNames(evidence)
  const own = names.filter(isOwn)
  if (own.length === 0) return []
  const verb = isStated ? 'The server says that' : 'The request has'
  const finding = isStated
    ? `${verb} ${own.join(', ')} ${own.length > 1 ? 'are' : 'is'} not signed.`
    : `${verb} ${own.join(', ')}, which the signature does not cover; S3 refuses that.`
  return [{ grade: isStated ? 'stated' : 'likely', finding, fix: advice }]
}

const late: Cause = {
  id: 'M60',
  code: 'header-late',
  title: 'A header was added after signing that has to be signed',
  family: 'headers',
  fix: 'Set the header before signing, or do not send it: every x-amz-* has to be signed.',
  detect: (evidence) => findUnsigned(evidence, (name) => !isOfNetwork(name, evidence), late.fix),
}

function isOfNetwork(name: string, evidence: Case): boolean {
  return ADDED_BY_NETWORKS.test(name) || (evidence.wire !== undefined && !wasGiven(evidence, name))
}

const addedByProxy: Cause = {
  id: 'M67',
  code: 'proxy-added-amz',
  title: 'A proxy or CDN added an x-amz-* header that is not signed',
  family: 'headers',
  fix: 'Have the proxy that signs strip these headers first, or the one that adds them leave them out.',
  detect: (evidence) => findUnsigned(evidence, (name) => isOfNetwork(name, evidence), addedByProxy.fix),
}

const signedList: Cause = {
  id: 'M71',
  code: 'signed-list',
  title: 'The list of signed headers is unsorted, not in lower case, or not what was signed',
  family: 'headers',
  fix: 'Write the names in lower case, sorted by bytes, each once, with a line for each.',
  signedInstead: (received, evidence) => {
    const names = namesIn(received.signedHeaders)
    const wire = evidence.request.headers.map(([name]) => name).filter((name) => names.includes(name))
    const original = evidence.evidence.request.headers
      .map(([name]) => name)
      .filter((name) => names.includes(name.toLowerCase()))
    const lists = [
      wire,
      original,
      original.toSorted(),
      names.toReversed(),
      names.toSorted(),
      names.map((name) => name.toUpperCase()),
    ]
    const texts = [
      ...lists.map((list) => [...new Set(list)].join(';')),
      names.join(','),
      `${names.join(';')};`,
      names.join('; '),
    ]
    const all = [...new Set(evidence.request.headers.map(([name]) => name))]
      .filter((name) => name !== 'authorization')
      .toSorted()
    return [
      ...[...texts, all.join(';')]
        .filter((text) => text !== received.signedHeaders)
        .map((text) => ({ signedHeaders: text })),
      ...orders(wire),
      ...names.map((name) => ({ signedHeaders: names.filter((other) => other !== name).join(';') })),
      ...names.map((name): Change => ({ headers: [[name, undefined]] })),
      ...names.map((name) => withoutHeader(received, name)),
    ]
  },
  detect: ({ request: { claim } }) => {
    const text = claim?.signedHeaders ?? ''
    const names = namesIn(text)
    const fault =
      text !== text.toLowerCase()
        ? 'has capital letters'
        : names.join(';') !== [...new Set(names)].toSorted().join(';')
          ? 'is not sorted, or has a name twice'
          : undefined
    return fault
      ? [{ grade: 'likely', finding: `The list of signed headers ${fault}: ${text}.`, fix: signedList.fix }]
      : []
  },
}

/** Header lines in the order of the wire, with the list in order or not. */
function orders(wire: readonly string[]): Change[] {
  const arrange = (text: string, isListToo: boolean): string => {
    const parts = parseParts(text)
    if (!parts) return text
    const headers = parts.headers.toSorted(([a], [b]) => wire.indexOf(a) - wire.indexOf(b))
    const signedHeaders = isListToo ? headers.map(([name]) => name).join(';') : parts.signedHeaders
    return formatParts({ ...parts, headers, signedHeaders })
  }
  return [true, false].map((isListToo) => ({ layout: (text) => arrange(text, isListToo) }))
}

/** Where the lines of the headers end. */
function lastHeaderEnd(text: string): number {
  return text.lastIndexOf('\n', text.lastIndexOf('\n') - 1)
}

const LAYOUTS: readonly (readonly [note: string, layout: (text: string) => string])[] = [
  [
    'there is no empty line behind the headers',
    (text) => text.slice(0, lastHeaderEnd(text)) + text.slice(lastHeaderEnd(text) + 1),
  ],
  [
    'there are two empty lines behind the headers',
    (text) => `${text.slice(0, lastHeaderEnd(text))}\n${text.slice(lastHeaderEnd(text))}`,
  ],
  ['there is a line end behind the last line', (text) => `${text}\n`],
  ['lines end in CRLF', (text) => text.replaceAll('\n', '\r\n')],
  ['the line of the query is missing', (text) => text.replace(/^([^\n]*\n[^\n]*\n)[^\n]*\n/, '$1')],
  ['the payload hash is missing', (text) => text.slice(0, text.lastIndexOf('\n'))],
  [
    'the payload hash is missing, and its line end is there',
    (text) => text.slice(0, text.lastIndexOf('\n') + 1),
  ],
]

const missingBlankLine: Cause = {
  id: 'M72',
  code: 'missing-blank-line',
  title: 'The canonical request has a line too few or too many',
  family: 'headers',
  fix: 'End each header line with one line end, then one more; the last line has none.',
  signedInstead: () => LAYOUTS.map(([note, layout]) => ({ layout, note })),
  explain: ({ change }) => ({ finding: `In the canonical request that was signed, ${change.note}.` }),
}

const hostUnsigned: Cause = {
  id: 'M76',
  code: 'host-unsigned',
  title: 'The host is not signed, or :authority is signed under its own name',
  family: 'headers',
  fix: 'Sign the host, always under the name host.',
  signedInstead: (received) => {
    const host = received.headers.find(([name]) => name === 'host')?.[1]
    if (host === undefined) return []
    const others = namesIn(received.signedHeaders).filter((name) => name !== 'host')
    return [
      withoutHeader(received, 'host'),
      {
        headers: [
          ['host', undefined],
          [':authority', host],
        ],
        signedHeaders: [':authority', ...others].join(';'),
      },
    ]
  },
  detect: ({ answer, request: { claim } }) => {
    if (/'Host' or ':authority' must be a 'SignedHeader'/.test(answer?.message ?? '')) {
      return [
        {
          grade: 'stated',
          finding: 'The server says that the host is not among the signed headers.',
          fix: hostUnsigned.fix,
        },
      ]
    }
    const names = namesIn((claim?.signedHeaders ?? '').toLowerCase())
    if (names.length === 0 || names.includes('host')) return []
    return [
      {
        grade: 'likely',
        finding: `The list of signed headers has no host: ${names.join(';')}.`,
        fix: hostUnsigned.fix,
      },
    ]
  },
}

const commaSpacing: Cause = {
  id: 'M77',
  code: 'comma-spacing',
  title: 'The Authorization header has no blanks behind its commas, and the server compares it as text',
  family: 'headers',
  fix: 'Write a comma and one blank between the three parts; a verifier should parse them.',
  detect: (evidence) => {
    const value = firstValue(evidence.request.headers, 'authorization')
    if (!/,(?:Signature|SignedHeaders|Credential)=|, {2,}|\t/.test(value)) return []
    const finding =
      'The parts of the Authorization header are not separated by a comma and one blank, which some servers insist on.'
    return [{ grade: 'possible', finding, fix: commaSpacing.fix }]
  },
}

const twoAuthorizations: Cause = {
  id: 'M78',
  code: 'two-authorizations',
  title: 'The request carries two authorizations',
  family: 'headers',
  fix: 'Send one: strip the Authorization header that came in, userinfo in the URL, or the signature in the query.',
  detect: (evidence) => {
    const { answer, request, wire } = evidence
    const { headers, query } = wire ?? request
    const count = headers.filter(([name]) => name === 'authorization').length
    const inQuery = /(?:^|&)X-Amz-(?:Signature|Credential)=/i.test(query) ? 1 : 0
    const isStated = /Only one auth mechanism allowed/.test(answer?.message ?? '')
    if (count + inQuery < 2 && !isStated) return []
    const where =
      inQuery && count > 0
        ? 'an Authorization header and a signature in the query'
        : `${count} Authorization headers`
    const finding =
      count + inQuery < 2
        ? 'The server found a second authorization in the request.'
        : `The request has ${where}.`
    return [{ grade: isStated ? 'stated' : 'likely', finding, fix: twoAuthorizations.fix }]
  },
}

/** The causes, the commonest first. */
export const HEADER_FORM: readonly Cause[] = [
  late,
  hostUnsigned,
  signedList,
  missingBlankLine,
  twoAuthorizations,
  addedByProxy,
  commaSpacing,
]

/**
 * Causes in the path: how it is encoded.
 *
 * @module
 */
import { buildCanonicalPath } from '../../core/canonical-path.ts'
import { decodeUri, encodeUri, encodeUriPath } from '../../core/uri-encoding.ts'
import type { Case } from '../case.ts'
import type { Cause, Proof } from '../cause.ts'
import { isSingle, paths, rawPath, targetWith } from './path-texts.ts'

const RESERVED_ESCAPE = /%(?:3A|40|3D|2B|2C|28|29|2A|27|21|24|26|3B)/g
/** What `encodeURIComponent` leaves bare. */
const BARE_IN_COMPONENT = /%(?:21|27|28|29|2A)/g
const RESERVED = /[:@=+,()*'!$&;]/g
const DOUBLE = { normalizePath: false, pathEncoding: 'double' } as const
const TIDY_DOUBLE = { normalizePath: true, pathEncoding: 'double' } as const

/** The reserved characters that stand bare on one side and escaped on the other. */
function bareCharacters({ signed, received }: Proof): string {
  const escaped = new Set(received.path.match(RESERVED_ESCAPE)?.map(decodeUri))
  return [...escaped].filter((character) => signed.path.includes(character)).join(' ')
}

const reservedBare: Cause = {
  id: 'M37',
  code: 'path-reserved-bare',
  title: 'Reserved characters stand bare in the path that was signed',
  family: 'path',
  fix: 'Percent-encode all of the path but letters, digits, - . _ ~ and /, on the wire and in what is signed.',
  signedInstead: ({ path }, evidence) => {
    const raw = rawPath(path, evidence)
    const asWritten = raw.replace(RESERVED, encodeUriPath) === path ? [raw] : []
    const variants = [RESERVED_ESCAPE, BARE_IN_COMPONENT].map((escapes) => path.replace(escapes, decodeUri))
    return paths(path, ...variants, ...asWritten)
  },
  explain: (proof) => ({
    finding: `The path was signed with ${bareCharacters(proof)} bare, as ${proof.signed.path}; the server signs it encoded, as ${proof.received.path}.`,
    correction: { target: targetWith(proof.evidence, proof.received.path) },
  }),
}

const single: Cause = {
  id: 'M34',
  code: 'path-single',
  title: 'The path was encoded once where twice is due',
  family: 'path',
  fix: 'Encode the path of the wire once more for the signature: every service but S3 does.',
  signedInstead: ({ path }, evidence) => (isSingle(evidence) ? [] : paths(path, decodeUri(path))),
  explain: ({ signed, received }) => ({
    finding: `The path was signed as it is sent, ${signed.path}; this service encodes it once more, to ${received.path}.`,
  }),
}

const doubleS3: Cause = {
  id: 'M35',
  code: 'path-double-s3',
  title: 'The path was encoded twice for S3',
  family: 'path',
  fix: 'Sign the path as it is sent: S3 encodes it once.',
  signedInstead: ({ path }, evidence) => {
    if (!isSingle(evidence)) return []
    const raw = rawPath(path, evidence)
    return paths(
      path,
      ...[encodeUriPath(path), buildCanonicalPath(raw, DOUBLE), buildCanonicalPath(raw, TIDY_DOUBLE)].filter(
        (variant) => variant.includes('%25'),
      ),
    )
  },
  explain: ({ signed, received }) => ({
    finding: `The path was encoded a second time for the signature, to ${signed.path}; S3 signs ${received.path}.`,
  }),
}

const preencoded: Cause = {
  id: 'M36',
  code: 'path-preencoded',
  title: 'The path was encoded already when it was handed to the signer',
  family: 'path',
  fix: 'Hand the signer the path unencoded, or tell it that the path is encoded (--path-encoding raw).',
  signedInstead: ({ path }, evidence) =>
    /%[0-9a-f]{2}/i.test(rawPath(path, evidence)) ? paths(path, encodeUriPath(path)) : [],
  explain: ({ signed, received }) => ({
    finding: `The path holds escapes already, and the signer encoded them again, to ${signed.path}; the server has ${received.path}.`,
  }),
}

const plus: Cause = {
  id: 'M38',
  code: 'path-plus',
  title: 'A + in the path was taken for a space, or the other way round',
  family: 'path',
  fix: 'Send %20 for a space and %2B for a plus; a bare + in a path is read in either way.',
  signedInstead: ({ path }, evidence) => {
    const [plusText, space] = isSingle(evidence) ? ['%2B', '%20'] : ['%252B', '%2520']
    return paths(
      path,
      path.replaceAll(plusText, space),
      path.replaceAll(space, plusText),
      path.replaceAll(space, '+'),
      path.replaceAll('%2B', space),
    )
  },
  explain: ({ signed, received }) => ({
    finding: `A plus and a space stand for each other: ${signed.path} was signed, and the server has ${received.path}.`,
  }),
}

/** Escapes as they came, all else encoded. */
function escapesKept(raw: string): string {
  return raw.replace(/[^\w.~/%-]/g, encodeUriPath)
}

/** The path with its escapes written as they should be, at the level of the wire. */
function inGoodForm(path: string, evidence: Case): string {
  const wire = isSingle(evidence) ? path : decodeUri(path)
  return wire.replace(/%[0-9a-f]{2}/gi, (escape) => encodeUri(decodeUri(escape)))
}

const hexCase: Cause = {
  id: 'M42',
  code: 'path-hex-case',
  title: 'Escapes in lower case, or of characters that need none',
  family: 'path',
  fix: 'Write escapes in upper case, and leave letters, digits, - . _ ~ unescaped.',
  signedInstead: ({ path }, evidence) => {
    const lower = path.replace(/%(?:25)?[0-9A-F]{2}/g, (escape) => escape.toLowerCase())
    const upper = path.replace(/%25[0-9a-f]{2}/gi, (escape) => escape.toUpperCase())
    const bare = path.replace(/%(?:25)?(?:7E|2D|2E|5F|[46][1-9A-F]|[57][0-9A]|3[0-9])/gi, (escape) =>
      decodeUri(decodeUri(escape)),
    )
    const kept = escapesKept(rawPath(path, evidence))
    const right = inGoodForm(path, evidence)
    const variants = [kept, lower, upper, bare].filter((variant) => inGoodForm(variant, evidence) === right)
    return paths(path, ...variants)
  },
  explain: ({ signed, received }) => ({
    finding: `Escapes are written in another way: ${signed.path} was signed, and the server has ${received.path}.`,
  }),
}

/** The causes, the commonest first. */
export const PATH_ENCODING: readonly Cause[] = [reservedBare, preencoded, single, doubleS3, plus, hexCase]

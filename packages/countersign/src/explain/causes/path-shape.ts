/**
 * Causes in the path: segments that are taken out, put in front or written in other bytes.
 *
 * @module
 */
import { utf8 } from '../../core/bytes.ts'
import { buildCanonicalPath, normalizePath } from '../../core/canonical-path.ts'
import { decodeUri, encodeUriPath } from '../../core/uri-encoding.ts'
import { textOfBytes } from '../canonical-parts.ts'
import type { Case } from '../case.ts'
import type { Cause } from '../cause.ts'
import { removeDotSegments } from '../dot-segments.ts'
import { isSingle, paths, rawPath, recode, targetWith } from './path-texts.ts'

/** How one escaped slash shows in a canonical path. */
function slashEscape(evidence: Case): string {
  return isSingle(evidence) ? '%2F' : '%252F'
}

/** The path with its slashes, one at a time, as an escaped one: from the third on, since a key begins behind a bucket. */
function slashesEscaped(path: string, escape: string): string[] {
  const at = Array.from(path.matchAll(/\//g), ({ index }) => index).slice(1, 9)
  return at.map((index) => path.slice(0, index) + escape + path.slice(index + 1))
}

/** The canonical path with those slashes escaped that the request has escaped. */
function slashesKept(raw: string): string {
  return raw
    .split(/%2F/i)
    .map((piece) => encodeUriPath(decodeUri(piece)))
    .join('%2F')
}

const slashDecoded: Cause = {
  id: 'M39',
  code: 'path-slash-decoded',
  title: 'An escaped slash became a slash, on the way or as S3 reads it',
  family: 'path',
  fix: 'Send the path through unchanged (a raw-path mode), or do not put an escaped slash into it.',
  signedInstead: ({ path }, evidence) => {
    const raw = rawPath(path, evidence)
    const kept = isSingle(evidence) && /%2F/i.test(raw) ? [slashesKept(raw)] : []
    return paths(path, ...kept, ...slashesEscaped(path, slashEscape(evidence)))
  },
  receivedInstead: ({ path }, evidence) =>
    paths(path, path.replace(/%252F/gi, '/'), path.replaceAll(slashEscape(evidence), '/')),
}

const collapsed: Cause = {
  id: 'M40',
  code: 'path-collapsed-s3',
  title: 'Slashes or dot segments were taken out of a path for S3',
  family: 'path',
  fix: 'Never tidy up a path for S3, neither in the signer nor on the way: fetch and URL classes do.',
  signedInstead: ({ path }, evidence) =>
    isSingle(evidence)
      ? paths(path, ...tidied(path), ...tidied(rawPath(path, evidence)).map(encodeUriPath))
      : [],
  receivedInstead: ({ path }, evidence) => (isSingle(evidence) ? paths(path, ...tidied(path)) : []),
  explain: ({ signed, received, evidence }) => ({
    finding: `Segments were taken out of the path: ${signed.path} was signed, and the server has ${received.path}.`,
    correction: { target: targetWith(evidence, received.path) },
  }),
}

/** What becomes of a path: all of it tidied up, its repeated slashes alone, its dot segments alone, those of RFC 3986. */
function tidied(path: string): string[] {
  const slashes = path.replace(/\/{2,}/g, '/')
  const all = [normalizePath(path), slashes, removeDotSegments(path), removeDotSegments(slashes)]
  return all.filter((variant) => variant !== path)
}

const notCollapsed: Cause = {
  id: 'M41',
  code: 'path-not-collapsed',
  title: 'The path was not tidied up, as all services but S3 do',
  family: 'path',
  fix: 'Take repeated slashes, . and .. out of the path before it is encoded for the signature.',
  signedInstead: ({ path }, evidence) => {
    if (isSingle(evidence)) return []
    const raw = rawPath(path, evidence)
    const double = { normalizePath: false, pathEncoding: 'double' } as const
    const rfc = [removeDotSegments(raw), raw.replace(/\/{2,}/g, '/')].map(encodeUriPath)
    return paths(path, buildCanonicalPath(raw, double), ...rfc)
  },
}

const emptyPath: Cause = {
  id: 'M43',
  code: 'path-empty',
  title: 'An empty path was signed, or the slash at the end was lost',
  family: 'path',
  fix: 'Sign / where there is no path, and keep the slash at its end.',
  signedInstead: ({ path }) => toggledSlash(path),
  receivedInstead: ({ path }) => toggledSlash(path),
}

function toggledSlash(path: string): { path: string }[] {
  if (path === '/') return [{ path: '' }]
  return [{ path: path.endsWith('/') ? path.slice(0, -1) : `${path}/` }]
}

const prefix: Cause = {
  id: 'M44',
  code: 'path-prefix',
  title: 'A stage, a base path or a rewrite stands in front of the path on one side only',
  family: 'path',
  fix: 'Sign the path that AWS receives, with the prefix that is in front of it there.',
  signedInstead: ({ path }) => {
    const starts = Array.from(path.matchAll(/\//g), ({ index }) => index).slice(1, 5)
    return paths(path, ...starts.map((index) => path.slice(index)))
  },
  accountsFor: ({ part, signed = '', received = '' }) =>
    part === 'path' && signed.length > 1 && received.length > 1 && isSuffix(signed, received),
  explain: ({ signed, received, evidence }) => ({
    finding:
      signed.path.length < received.path.length
        ? `The server has ${received.path.slice(0, received.path.length - signed.path.length)} in front of the path ${signed.path} that was signed.`
        : `${signed.path} was signed, and the server gets it without ${signed.path.slice(0, signed.path.length - received.path.length)}.`,
    correction: { target: targetWith(evidence, received.path) },
  }),
}

function isSuffix(a: string, b: string): boolean {
  return a !== b && (a.endsWith(b) || b.endsWith(a))
}

const unicode: Cause = {
  id: 'M45',
  code: 'path-unicode',
  title: 'The same letters in other bytes: composed or decomposed, latin-1 or UTF-8',
  family: 'path',
  fix: 'Sign the bytes of the name as it is stored; do not normalise it, and encode it as UTF-8.',
  signedInstead: ({ path }, evidence) => paths(path, ...respelt(path, evidence)),
  receivedInstead: ({ path }, evidence) => paths(path, ...respelt(path, evidence)),
}

function respelt(path: string, evidence: Case): string[] {
  if (!/%[89A-F]/i.test(path)) return []
  const forms = ['NFC', 'NFD'] as const
  const variants = [
    ...forms.map((form) => recode(path, evidence, (bytes) => inUtf8((text) => text.normalize(form), bytes))),
    recode(path, evidence, (bytes) => inUtf8((text) => text, bytes)),
    recode(path, evidence, (bytes) => textOfBytes(utf8(bytes))),
    recode(path, evidence, latinOf),
  ]
  return variants.filter((variant) => decodeUri(decodeUri(variant)) !== decodeUri(decodeUri(path)))
}

function readUtf8(bytes: string): string {
  return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)))
}

function inUtf8(change: (text: string) => string, bytes: string): string {
  return textOfBytes(utf8(change(readUtf8(bytes))))
}

function latinOf(bytes: string): string {
  const text = readUtf8(bytes)
  return /^[\0-\xff]*$/.test(text) ? text : bytes
}

const absoluteForm: Cause = {
  id: 'M46',
  code: 'path-absolute-form',
  title: 'The whole URL was signed in the place of its path',
  family: 'path',
  fix: 'Sign the path alone, without scheme and host.',
  signedInstead: ({ path }, { request, host }) => {
    const origins = [request.origin, `http://${host}`, `https://${host}`]
    const whole = [...new Set(origins)].filter(Boolean).map((origin) => origin + path)
    return paths(path, ...whole, ...whole.map(encodeUriPath), ...whole.map((url) => `/${encodeUriPath(url)}`))
  },
}

const arn: Cause = {
  id: 'M47',
  code: 'path-arn',
  title: 'The slash within an ARN was taken for one between segments',
  family: 'path',
  fix: 'Encode the ARN as one segment (its slashes as %2F), then encode the path again for the signature.',
  signedInstead: ({ path }, evidence) => {
    if (!/arn(?::|%3A|%253A)/i.test(path)) return []
    const once = decodeUri(path)
    return paths(
      path,
      path.replace(/%252F/gi, '/'),
      path.replace(/%252F/gi, '%2F'),
      ...arnSlashes(path, evidence),
      once,
    )
  },
  receivedInstead: ({ path }) =>
    /arn(?::|%3A|%253A)/i.test(path)
      ? paths(path, path.replace(/%252F/gi, '/'), path.replace(/%2F/gi, '/'))
      : [],
}

/** The path with the slashes behind `arn:` escaped, as it would be were the ARN one segment. */
function arnSlashes(path: string, evidence: Case): string[] {
  const start = path.search(/arn(?:%253A|%3A|:)/i)
  const [ahead, behind] = [path.slice(0, start), path.slice(start)]
  const last = behind.lastIndexOf('/')
  return [behind.length, last]
    .filter((end) => end > 0)
    .map((end) => ahead + behind.slice(0, end).replaceAll('/', slashEscape(evidence)) + behind.slice(end))
}

/** The causes, the commonest first. */
export const PATH_SHAPE: readonly Cause[] = [
  collapsed,
  notCollapsed,
  emptyPath,
  prefix,
  arn,
  slashDecoded,
  unicode,
  absoluteForm,
]

/**
 * Causes in the host.
 *
 * @module
 */
import { inferScope } from '../../core/service-hosts.ts'
import { CountersignError } from '../../errors.ts'
import { lineOf, type CanonicalParts } from '../canonical-parts.ts'
import type { Case } from '../case.ts'
import type { Cause, Proof } from '../cause.ts'
import type { Change } from '../change.ts'
import { firstValue } from '../signature-claim.ts'
import { lines } from './header-lines.ts'

/** The ways to write one host that differ in its form alone. */
function spellings(host: string): string[] {
  const bare = host.replace(/:\d+$/, '')
  const withoutUser = host.replace(/^[^@]*@/, '')
  const inside = bare.replace(/^\[|\]$/g, '')
  const isAddress = inside.includes(':')
  return [
    bare,
    `${bare}:443`,
    `${bare}:80`,
    host.toLowerCase(),
    host.toUpperCase(),
    withoutUser,
    withoutUser.replace(/:\d+$/, ''),
    bare.endsWith('.') ? bare.slice(0, -1) : `${bare}.`,
    ...(isAddress ? [inside, `[${inside}]`, host.slice(0, host.indexOf(':'))] : []),
  ]
}

/** Ports that the request or its URL tells. */
function portsOf({ evidence, request, wire }: Case): string[] {
  const hosts = [
    evidence.request.host,
    evidence.wire?.host,
    ...[request, wire].map((view) => view && firstValue(view.headers, 'host')),
  ]
  return hosts.flatMap((host) => /:\d+$/.exec(host ?? '') ?? [])
}

const port: Cause = {
  id: 'M80',
  code: 'host-port',
  title: 'The host was written in another form: port, case, brackets, userinfo or trailing dot',
  family: 'host',
  fix: 'Sign exactly what stands in the Host header: lower case, without userinfo, the port only where it is not the default one.',
  signedInstead: (received, evidence) => hostChanges(received, evidence),
  receivedInstead: (signed, evidence) => hostChanges(signed, evidence),
  explain: setHost,
}

function hostChanges(parts: CanonicalParts, evidence: Case): Change[] {
  const host = lineOf(parts, 'host')
  if (host === undefined) return []
  const others = portsOf(evidence).map((text) => host.replace(/:\d+$/, '') + text)
  return lines(parts, 'host', ...spellings(host), ...others)
}

/** The host that arrives is the one to sign. */
function setHost({ received }: Proof): { correction?: { setHeaders: [string, string][] } } {
  const host = lineOf(received, 'host')
  return host ? { correction: { setHeaders: [['host', host]] } } : {}
}

/** Whether AWS's table of hosts knows this one. */
function isKnownHost(host: string): boolean {
  try {
    return inferScope(host) !== undefined
  } catch (error) {
    if (error instanceof CountersignError) return true
    throw error
  }
}

/** Hosts that the request names elsewhere. */
function otherHosts(evidence: Case): string[] {
  const views = [evidence.request, evidence.wire].flatMap((view) => view?.headers ?? [])
  const named = views.flatMap(([name, value]) => {
    if (/^(?:host|x-forwarded-host|x-original-host|x-host|x-forwarded-server)$/.test(name))
      return value.split(/,\s*/)
    return name === 'forwarded'
      ? Array.from(value.matchAll(/host="?([^";,\s]+)/gi), ([, host = '']) => host)
      : []
  })
  const given = [evidence.evidence.request.host, evidence.evidence.wire?.host].flatMap((host) => host ?? [])
  return [...new Set([...named, ...given])].filter((host) => host !== '')
}

const rewritten: Cause = {
  id: 'M79',
  code: 'host-rewritten',
  title: 'The host is not the one that was signed, as behind a proxy, CDN, tunnel or port-forward',
  family: 'host',
  fix: 'Let the host through (nginx: proxy_set_header Host $http_host), or sign for the host that arrives (--sign-host).',
  signedInstead: (received, evidence) =>
    lines(
      received,
      'host',
      ...otherHosts(evidence).filter((host) => !isCustomPair(host, lineOf(received, 'host'))),
    ),
  accountsFor: ({ header, signed = '', received = '' }) =>
    header === 'host' && !isCustomPair(signed, received),
  explain: (proof) => ({ finding: hostFinding(proof), ...setHost(proof) }),
}

/** One host of AWS, and one that is none. */
function isCustomPair(a: string, b = ''): boolean {
  return isKnownHost(a) !== isKnownHost(b)
}

const customDomain: Cause = {
  id: 'M81',
  code: 'host-custom-domain',
  title: 'One host is that of AWS, and the other one a custom domain, CDN or VPC endpoint',
  family: 'host',
  fix: 'Sign for the host that AWS receives, and connect to the other one (--sign-host).',
  signedInstead: (received, evidence) =>
    lines(
      received,
      'host',
      ...otherHosts(evidence).filter((host) => isCustomPair(host, lineOf(received, 'host'))),
    ),
  accountsFor: ({ header, signed = '', received = '' }) =>
    header === 'host' && isCustomPair(signed, received),
  explain: (proof) => ({ finding: hostFinding(proof), ...setHost(proof) }),
}

function hostFinding({ signed, received }: Proof): string {
  return `The request was signed for the host ${lineOf(signed, 'host') ?? '(none)'}, and the server has ${lineOf(received, 'host') ?? '(none)'}.`
}

const authority: Cause = {
  id: 'M82',
  code: 'host-authority',
  title: 'Over HTTP/2 there is no Host header, and :authority was not taken for it',
  family: 'host',
  fix: 'Take the host from :authority where there is no Host header, at both ends, and sign it under the name host.',
  signedInstead: (received, evidence) =>
    hasAuthorityOnly(evidence) ? [...lines(received, 'host', undefined, '')] : [],
  receivedInstead: (signed, evidence) =>
    hasAuthorityOnly(evidence) ? [...lines(signed, 'host', undefined, '')] : [],
}

function hasAuthorityOnly({ evidence: { request, wire } }: Case): boolean {
  const names = (wire ?? request).headers.map(([name]) => name.toLowerCase())
  return names.includes(':authority') && !names.includes('host')
}

const style: Cause = {
  id: 'M83',
  code: 'host-style',
  title: 'The bucket stands in the host on one side and in the path on the other',
  family: 'host',
  fix: 'Choose one style of addressing for signing and sending: bucket in the host, or in the path.',
  signedInstead: styleChanges,
  receivedInstead: styleChanges,
  explain: ({ signed, received }) => ({
    finding: `Signed was ${lineOf(signed, 'host')} with ${signed.path}, and the server has ${lineOf(received, 'host')} with ${received.path}.`,
  }),
}

/** The same object in the other style. */
function styleChanges(parts: CanonicalParts): Change[] {
  const host = lineOf(parts, 'host')
  if (host === undefined) return []
  const [, bucket = '', rest = '/'] = /^\/([^/]+)(\/.*)?$/.exec(parts.path) ?? []
  const changes: Change[] = bucket ? [{ headers: [['host', `${bucket}.${host}`]], path: rest }] : []
  // Every label in turn: buckets may have dots.
  const labels = host.split('.')
  for (let length = 1; length < Math.min(labels.length, 5); length++) {
    const name = labels.slice(0, length).join('.')
    changes.push({ headers: [['host', labels.slice(length).join('.')]], path: `/${name}${parts.path}` })
  }
  return changes
}

/** The causes, the commonest first. */
export const HOST: readonly Cause[] = [port, rewritten, customDomain, style, authority]

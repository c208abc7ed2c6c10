/**
 * Causes in the algorithm, and in the set of regions that signatures of SigV4A name.
 *
 * @module
 */
import { parseRegionSet } from '../../algorithms/region-set.ts'
import { QUERY, SIGV4_ALGORITHM, SIGV4A_ALGORITHM, X_AMZ_REGION_SET } from '../../core/names.ts'
import { encodeUri } from '../../core/uri-encoding.ts'
import { lineOf, type CanonicalParts } from '../canonical-parts.ts'
import type { Case } from '../case.ts'
import type { Cause, Finding } from '../cause.ts'
import type { Change } from '../change.ts'
import { readSignature } from '../signature-form.ts'
import { messageOf, shownName } from './answered.ts'
import { isSignedAsSent } from './key-material.ts'
import { namedRegions, REGIONS } from './other-scopes.ts'
import { pairsOf } from './query-texts.ts'
import { ofHost } from './scope.ts'

const needsSigV4A: Cause = {
  id: 'M32',
  code: 'needs-sigv4a',
  insteadOf: ['header-late', 'scope-spelling'],
  title: 'An endpoint for several regions, which takes SigV4A alone',
  family: 'scope',
  fix: "Sign with --algorithm v4a --region-set '*', and sign the region set with it.",
  detect: (evidence) => {
    const { request, host } = evidence
    const { algorithm = '', scope = '' } = request.claim ?? {}
    const correction = { algorithm: 'v4a', region: '*' }
    if (evidence.isSigV4A) return lacksRegionSet(evidence)
    const region = scope.split('/')[1] ?? ''
    if (algorithm === SIGV4_ALGORITHM && /[*,]/.test(region)) {
      const finding = `The scope has ${shownName(region)} for its region, and ${algorithm} holds in one region.`
      return [{ grade: 'likely', finding, fix: needsSigV4A.fix, correction }]
    }
    if (algorithm !== SIGV4_ALGORITHM || ofHost(evidence)?.region !== '*') return []
    const finding = `${host} is for all regions, and the request is signed with ${algorithm}, which holds in one.`
    return [{ grade: 'likely', finding, fix: needsSigV4A.fix, correction }]
  },
}

/** Where the set stands in neither the signed headers nor a signed query, nobody signed it. */
function lacksRegionSet(evidence: Case): Finding[] {
  const { mechanism, signedHeaders = '', regionSet } = evidence.request.claim ?? {}
  const isNamed = signedHeaders.split(';').includes(X_AMZ_REGION_SET)
  if (mechanism === undefined || isNamed || (mechanism === 'query' && regionSet !== undefined)) return []
  const finding =
    regionSet === undefined
      ? 'The request names no region set, and every signature of SigV4A is for one.'
      : `The header ${X_AMZ_REGION_SET} is not signed.`
  return [{ grade: isSignedAsSent(evidence) ? 'proven' : 'likely', finding, fix: needsSigV4A.fix }]
}

/** The region set of a canonical request; `undefined` where it has none. The query has it as it stands there. */
function setOf(parts: CanonicalParts): string | undefined {
  const pair = pairsOf(parts.query).find(([name]) => name === QUERY.regionSet)
  return lineOf(parts, X_AMZ_REGION_SET) ?? pair?.[1]
}

/** The change that puts another set in the place of the one that is there, or of none. */
function withSet(parts: CanonicalParts, set: string | undefined, isInQuery: boolean): Change {
  if (!isInQuery) return { headers: [[X_AMZ_REGION_SET, set]] }
  const rest = pairsOf(parts.query).filter(([name]) => name !== QUERY.regionSet)
  const pairs = set === undefined ? rest : [...rest, [QUERY.regionSet, encodeUri(set)] as const]
  return {
    query: pairs
      .map((pair) => pair.join('='))
      .toSorted()
      .join('&'),
  }
}

/** Sets that may have been signed in the place of the one that was sent. */
function otherSets(evidence: Case): (string | undefined)[] {
  const named = namedRegions(evidence)
  const host = ofHost(evidence)?.region
  const lists = [named, named.toSorted(), [...new Set(named)]].flatMap((set) => [
    set.join(','),
    set.join(', '),
  ])
  return ['*', undefined, ...(host ? [host] : []), ...lists, ...named, ...REGIONS, ...PAIRS]
}

/** Sets of two regions, in either order. */
const PAIRS = REGIONS.flatMap((a) => REGIONS.filter((b) => a !== b).map((b) => `${a},${b}`))

const regionSet: Cause = {
  id: 'M87',
  code: 'region-set',
  insteadOf: ['header-dropped', 'query-added', 'duplicate-join'],
  title: 'The region set that was signed is not the one that was sent',
  family: 'scope',
  fix: 'Set X-Amz-Region-Set before the request is signed, to one list with commas and without blanks, and leave it as it is.',
  signedInstead: (received, evidence) => {
    const { isSigV4A, request } = evidence
    if (!isSigV4A) return []
    const isInQuery = request.claim?.mechanism === 'query'
    const changes = otherSets(evidence).map((set) => withSet(received, set, isInQuery))
    // A signer that leaves the set out may add its name to the list all the same, or not.
    const names = received.signedHeaders.split(';').filter((name) => name !== X_AMZ_REGION_SET)
    return isInQuery
      ? changes
      : [...changes, { ...withSet(received, undefined, false), signedHeaders: names.join(';') }]
  },
  receivedInstead: (signed, { isSigV4A, request, arrived }) => {
    const set = arrived.claim?.regionSet
    return isSigV4A && request.claim?.mechanism === 'query' ? [withSet(signed, set, true)] : []
  },
  accountsFor: ({ part, header }) => part === 'header' && header === X_AMZ_REGION_SET,
  explain: ({ signed, received }) => {
    const [ours, theirs] = [setOf(signed), setOf(received)].map((set) =>
      set === undefined
        ? 'no region set'
        : `the region set ${shownName(set.replaceAll(/%2A/gi, '*').replaceAll(/%2C/gi, ',').replaceAll('%20', ' ')) || '(nothing)'}`,
    )
    return { finding: `It was signed for ${ours}, and sent with ${theirs}.` }
  },
  detect: ({ request: { claim }, isSigV4A }) => {
    const { regionSet: set } = claim ?? {}
    if (!isSigV4A || set === undefined || parseRegionSet(set)) return []
    const finding = `The region set reads ${shownName(set) || '(nothing)'}, and is none.`
    return [{ grade: 'likely', finding, fix: regionSet.fix }]
  },
}

const wrongAlgorithm: Cause = {
  id: 'M33',
  code: 'wrong-algorithm',
  title: 'An algorithm that the server does not take',
  family: 'scope',
  fix: 'Sign with AWS4-HMAC-SHA256.',
  signedInstead: (_, { isSigV4A }) => (isSigV4A ? [{ algorithm: SIGV4_ALGORITHM }] : []),
  explain: ({ change: { algorithm = '' }, evidence }) => {
    const own = evidence.request.claim?.algorithm ?? ''
    return {
      finding: `The string to sign begins with ${algorithm}, and the request says ${own}.`,
      fix: `Begin the string to sign with ${own}.`,
    }
  },
  detect: (evidence) => {
    const isStated =
      /authorization mechanism you have provided is not supported|Unsupported Authorization Type|X-Amz-Algorithm only supports|Only AWS4-HMAC-SHA256 is supported|require AWS Signature Version 4/.test(
        messageOf(evidence),
      )
    if (!isStated) return []
    const authorization = evidence.request.headers.find(([name]) => name === 'authorization')?.[1] ?? ''
    const own = /^AWS \S+:\S+$/.test(authorization)
      ? 'version 2'
      : (evidence.request.claim?.algorithm ?? /^[\w-]+/.exec(authorization)?.[0])
    const finding = `The server does not take ${own === undefined ? 'this way of signing' : shownName(own)}.`
    return [{ grade: 'stated', finding, fix: wrongAlgorithm.fix, correction: { algorithm: 'v4' } }]
  },
}

const signatureForm: Cause = {
  id: 'M88',
  code: 'signature-form',
  title: 'The signature is written in another form than its algorithm has',
  family: 'scope',
  fix: 'Write it in lower-case hex: 64 digits with SigV4, and with SigV4A the DER of both numbers, which WebCrypto gives without it.',
  detect: ({ request: { claim }, signed }) => {
    const { writtenAs } = (claim && readSignature(claim)) ?? {}
    const isOfHmac = claim?.algorithm === SIGV4A_ALGORITHM && /^[0-9a-f]{64}$/.test(claim.signature)
    if (writtenAs === undefined && !isOfHmac) return []
    const finding = isOfHmac
      ? 'The signature has 64 digits, as one of SigV4 has, and the request says that it is one of SigV4A.'
      : `The signature is written ${writtenAs}.`
    return [{ grade: signed.basis === 'key' ? 'proven' : 'likely', finding, fix: signatureForm.fix }]
  },
}

/** The causes, the commonest first. */
export const ALGORITHM: readonly Cause[] = [needsSigV4A, regionSet, wrongAlgorithm, signatureForm]

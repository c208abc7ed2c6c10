/**
 * Causes in the credential scope: region, service, and how both are written.
 *
 * @module
 */
import { isInRegionSet } from '../../algorithms/region-set.ts'
import { inferScope, type HostScope } from '../../core/service-hosts.ts'
import { CountersignError } from '../../errors.ts'
import type { Case } from '../case.ts'
import type { Cause, Finding } from '../cause.ts'
import { inMessage, isCode, messageOf, shownName } from './answered.ts'
import { isSignedAsSent } from './key-material.ts'
import { namedRegions, REGIONS, scopesInstead, SERVICES } from './other-scopes.ts'

/** What the host is signed for, by its name. */
export function ofHost({ host, request }: Case): HostScope | undefined {
  try {
    return inferScope(host, request.path)
  } catch (error) {
    if (error instanceof CountersignError) return undefined
    throw error
  }
}

/** What the request is signed for: a region, or the set of SigV4A. */
function signedRegion({ scopeParts, request }: Case): string | undefined {
  return scopeParts?.region ?? request.claim?.regionSet
}

/** Endpoints that serve all regions, and are signed for one. */
const GLOBAL =
  /^(?:[\w.-]+\.)?(?:iam|sts|route53|cloudfront|organizations|shield|waf|globalaccelerator)\.(?:us-gov\.)?amazonaws\.com(?:\.cn)?(?::\d+)?$/

const REGION_SAID = /Credential should be scoped to a valid region/
const SERVICE_SAID = /Credential should be scoped to correct service: '([\w.-]+)'/
const S3_SERVICE_SAID = /incorrect service "[^"]*"\. This endpoint belongs to "([\w-]+)"/
const REGION_EXPECTED = /the region '([^']*)' is wrong; expecting '([\w-]+)'/

function wrongRegion(evidence: Case, code: string, cause: Cause): Finding[] {
  if (!isCode(evidence, code)) return []
  const [sent = '', told = ''] = inMessage(evidence, REGION_EXPECTED) ?? []
  const region = told || evidence.answer?.fields.get('Region') || ''
  if (region === '') return []
  const own = sent || (signedRegion(evidence) ?? 'another one')
  return [
    {
      grade: 'stated',
      line: { field: 'scope', ours: shownName(own), theirs: shownName(region) },
      finding: `It was signed for the region ${shownName(own)}, and this bucket is in ${shownName(region)}.`,
      fix: cause.fix.replace('REGION', shownName(region)),
      correction: { region: shownName(region) },
    },
  ]
}

const s3Region: Cause = {
  id: 'M23',
  code: 's3-region-header',
  title: 'Signed for another region than that of the bucket',
  family: 'scope',
  fix: "Sign for REGION and send to that region's endpoint.",
  detect: (evidence) => wrongRegion(evidence, 'AuthorizationHeaderMalformed', s3Region),
}

const s3RegionPresigned: Cause = {
  id: 'M24',
  code: 's3-region-presign',
  title: 'The presigned URL is for another region than that of the bucket',
  family: 'scope',
  fix: 'Make the URL again, for REGION.',
  detect: (evidence) => wrongRegion(evidence, 'AuthorizationQueryParametersError', s3RegionPresigned),
}

const elsewhere: Cause = {
  id: 'M25',
  code: 'bucket-elsewhere',
  title: 'The bucket is in another region',
  family: 'scope',
  fix: 'Sign again for the host and the region that the answer names; never send the old signature there.',
  detect: (evidence) => {
    const { status = 0, region, endpoint } = evidence.answer ?? {}
    const own = signedRegion(evidence)
    const isMoved =
      isCode(evidence, 'PermanentRedirect', 'TemporaryRedirect', 'IllegalLocationConstraint', 'Redirect') ||
      ((status === 301 || status === 307 || status === 400) && evidence.answer?.code === undefined)
    if (!isMoved || region === own || (region === undefined && endpoint === undefined)) return []
    const where = region ?? shownName(endpoint ?? '')
    return [
      {
        grade: 'stated',
        finding: `The bucket is at ${shownName(where)}, and the request went ${own === undefined ? 'elsewhere' : `to ${own}`}.`,
        fix: elsewhere.fix,
        ...(region !== undefined && { correction: { region: shownName(region) } }),
      },
    ]
  },
}

const region: Cause = {
  id: 'M26',
  code: 'region',
  title: 'Signed for a region that the endpoint does not serve',
  family: 'scope',
  fix: 'Sign for the region that stands in the host.',
  detect: (evidence) => {
    const isSaid = REGION_SAID.test(messageOf(evidence))
    const own = signedRegion(evidence)
    const host = ofHost(evidence)
    if (GLOBAL.test(evidence.host) || isZone(own)) return []
    if (
      host?.region === undefined ||
      own === undefined ||
      host.region === '*' ||
      holds(evidence, host.region)
    ) {
      if (!isSaid) return []
      const finding = `The server does not serve the region ${shownName(own ?? 'that was signed for')}.`
      return [{ grade: 'stated', finding, fix: region.fix }]
    }
    const finding = `It was signed for ${shownName(own)}, and the host is in ${host.region}.`
    const line = { field: 'scope', ours: shownName(own), theirs: host.region }
    const fix = `Sign for ${host.region}.`
    return [{ grade: isSaid ? 'stated' : 'likely', line, finding, fix, correction: { region: host.region } }]
  },
}

/** Whether the signature is for a region. */
function holds(evidence: Case, wanted: string): boolean {
  return evidence.isSigV4A
    ? isInRegionSet(namedRegions(evidence), wanted)
    : evidence.scopeParts?.region === wanted
}

const globalEndpoint: Cause = {
  id: 'M27',
  code: 'global-endpoint',
  title: 'A global endpoint, which is signed for one region alone',
  family: 'scope',
  fix: "Sign for the endpoint's own region, us-east-1 in most partitions, or use a regional endpoint.",
  detect: (evidence) => {
    const own = signedRegion(evidence)
    const right = ofHost(evidence)?.region
    if (!GLOBAL.test(evidence.host) || own === undefined || right === undefined || right === own) return []
    const isSaid = REGION_SAID.test(messageOf(evidence))
    const finding = `${evidence.host} serves all regions and is signed for ${right}; it was signed for ${own}.`
    const line = { field: 'scope', ours: own, theirs: right }
    return [
      {
        grade: isSaid ? 'stated' : 'likely',
        line,
        finding,
        fix: globalEndpoint.fix,
        correction: { region: right },
      },
    ]
  },
}

const serviceName: Cause = {
  id: 'M28',
  code: 'service-name',
  title: 'Signed for another service than that of the host',
  family: 'scope',
  fix: 'Sign with the signing name of the service, which is often not the first part of the host.',
  signedInstead: (_, evidence) =>
    scopesInstead(evidence, ({ date, service }) =>
      SERVICES.filter((name) => name !== service).map((name) => [date, name]),
    ),
  explain: ({ change: { scope = '' }, evidence }) => ({
    finding: `The scope in the string to sign is ${scope}, and the request says ${shownName(evidence.scope)}.`,
  }),
  detect: (evidence) => {
    const own = evidence.scopeParts?.service
    const [said] = inMessage(evidence, SERVICE_SAID) ?? inMessage(evidence, S3_SERVICE_SAID) ?? []
    const host = ofHost(evidence)
    const right = said ?? host?.service
    if (right === undefined || own === undefined || right === own) return []
    const where = said === undefined ? `${evidence.host} signs as ${right}` : `this endpoint is ${right}`
    return [
      {
        grade: said === undefined ? 'likely' : 'stated',
        line: { field: 'scope', ours: own, theirs: right },
        finding: `It was signed for the service ${own}, and ${where}.`,
        fix: `Sign for ${right}.`,
        correction: { service: right },
      },
    ]
  },
}

function isZone(name = ''): boolean {
  return /^[a-z]{2}(?:-[a-z]+)+-\d[a-z]$/.test(name)
}

const spelling: Cause = {
  id: 'M29',
  code: 'scope-spelling',
  title: 'Region or service is not spelt as it is in a scope',
  family: 'scope',
  fix: 'Write both in lower case without blanks; a region has no letter at its end (eu-west-1, not eu-west-1a).',
  detect: ({ scope }) => {
    const [, area = '', service = ''] = scope.split('/')
    const odd = [area, service].find((part) => part !== '' && (/[^a-z0-9-]/.test(part) || isZone(part)))
    if (odd === undefined || scope.split('/').length !== 4) return []
    const what = isZone(odd) ? 'an availability zone' : 'not in lower case letters, digits and dashes alone'
    const right = isZone(odd) ? odd.slice(0, -1) : odd.toLowerCase().trim()
    const correction = odd === area ? { region: shownName(right) } : { service: shownName(right) }
    return [
      {
        grade: 'likely',
        finding: `The scope has ${shownName(odd)}, which is ${what}.`,
        fix: spelling.fix,
        correction,
      },
    ]
  },
}

const FIX_OF_ALL =
  'Write the credential as KEYID/20261122/s3/aws4_request, and the scope in the string to sign likewise: with SigV4A, regions stand in X-Amz-Region-Set alone.'
const SHAPE_SAID =
  /exactly 5 slash-delimited|Credential is mal-formed|incorrect terminal|terminated with 'aws4_request'|valid terminator/

const shape: Cause = {
  id: 'M30',
  code: 'scope-shape',
  title: 'The scope is not DATE/REGION/SERVICE/aws4_request',
  family: 'scope',
  fix: 'Write the credential as KEYID/20261122/eu-west-1/s3/aws4_request.',
  signedInstead: (_, evidence) => {
    const regions = new Set([...namedRegions(evidence), ofHost(evidence)?.region ?? '*', ...REGIONS])
    return scopesInstead(evidence, ({ date, service }) => [...regions].map((name) => [date, name, service]))
  },
  explain: ({ change: { scope = '' } }) => ({
    finding: `The scope in the string to sign is ${shownName(scope)}, and a scope of SigV4A has no region.`,
    fix: FIX_OF_ALL,
  }),
  detect: (evidence) => {
    const { isSigV4A } = evidence
    const { claim } = evidence.request
    const isStated = SHAPE_SAID.test(messageOf(evidence))
    const isRight = isSigV4A ? /^\d{8}\/[^/]+\/aws4_request$/ : /^\d{8}(?:\/[^/]+){2}\/aws4_request$/
    const isWrong = claim !== undefined && !isRight.test(evidence.scope)
    if (!isStated && !isWrong) return []
    if (/%25|&amp;/i.test(evidence.request.query)) return []
    const parts = evidence.scope.split('/').map(shownName).join(' / ')
    const finding = isWrong ? `The scope reads ${parts || '(nothing)'}.` : 'The server cannot read the scope.'
    const isProven = isWrong && isSigV4A && isSignedAsSent(evidence)
    const grade = isProven ? 'proven' : isStated ? 'stated' : 'likely'
    return [{ grade, finding, fix: isSigV4A ? FIX_OF_ALL : shape.fix }]
  },
}

const unknownHost: Cause = {
  id: 'M31',
  code: 'no-inference',
  title: 'The host does not tell region and service',
  family: 'scope',
  fix: 'Name both: --service and --region.',
  detect: (evidence) => {
    const { host, answer, request } = evidence
    if (host === '' || ofHost(evidence) !== undefined || answer?.kind !== 'signature') return []
    if (evidence.isComparable || evidence.oracle || request.claim === undefined) return []
    if (!isCode(evidence, 'SignatureDoesNotMatch', 'InvalidSignature')) return []
    const scope = evidence.scopeParts
    const own = scope
      ? `; it was signed for ${scope.service} in ${shownName(signedRegion(evidence) ?? 'no region')}`
      : ''
    const finding = `${shownName(host)} is no endpoint whose service and region can be told by its name${own}.`
    return [{ grade: 'possible', finding, fix: unknownHost.fix }]
  },
}

/** The causes, the commonest first. */
export const SCOPE: readonly Cause[] = [
  s3Region,
  serviceName,
  region,
  globalEndpoint,
  s3RegionPresigned,
  elsewhere,
  spelling,
  shape,
  unknownHost,
]

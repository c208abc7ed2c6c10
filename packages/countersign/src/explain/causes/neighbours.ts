/**
 * Refusals that look like those of a signature, and are none: the signature was right, or nobody looked at it.
 *
 * @module
 */
import { inferScope } from '../../core/service-hosts.ts'
import { CountersignError } from '../../errors.ts'
import type { Case } from '../case.ts'
import type { Cause, Finding } from '../cause.ts'
import { inMessage, isCode, messageOf, shownName } from './answered.ts'
import { isOverdue } from './presigned.ts'

function neighbour(
  names: Pick<Cause, 'id' | 'code' | 'title' | 'fix'>,
  find: (evidence: Case) => string | undefined,
  grade: Finding['grade'] = 'stated',
): Cause {
  return {
    ...names,
    family: 'neighbour',
    detect: (evidence) => {
      const finding = find(evidence)
      return finding === undefined ? [] : [{ grade, finding, fix: names.fix }]
    },
  }
}

const DENIED = ['AccessDenied', 'UnauthorizedOperation', 'AllAccessDisabled', 'NotAuthorized', 'Unauthorized']
const ACTION = /is not authorized to perform: ?([\w:*-]+)/
const BY_OTHERS = /explicit deny in (an? [\w -]+?(?:policy|boundary))/

/** Words of refusals for which the code is the same, and the reason is the signature. */
const OF_SIGNATURE =
  /not signed|has expired|not valid yet|requires a valid Date|Query-string authentication|Invalid according to Policy/

function isDenied(evidence: Case): boolean {
  return isCode(evidence, ...DENIED) && !OF_SIGNATURE.test(messageOf(evidence))
}

function serviceOf({ host, request }: Case): string {
  try {
    return inferScope(host, request.path)?.service ?? ''
  } catch (error) {
    if (error instanceof CountersignError) return ''
    throw error
  }
}

const explicitDeny = neighbour(
  {
    id: 'N2',
    code: 'explicit-deny',
    title: 'A policy of the organisation, of an endpoint or of the session denies it',
    fix: 'Ask whoever keeps that policy; a permission of your own does not help against a deny.',
  },
  (evidence) => {
    const [by] = inMessage(evidence, BY_OTHERS) ?? []
    return isDenied(evidence) && by !== undefined
      ? `The signature is right, and there is an explicit deny in ${shownName(by)}.`
      : undefined
  },
)

const kms = neighbour(
  {
    id: 'N8',
    code: 'kms-denied',
    title: 'The key in KMS that the object is encrypted with denies it',
    fix: 'Ask for kms:Decrypt (reading) or kms:GenerateDataKey (writing) on that key, in its key policy, too.',
  },
  (evidence) => {
    const [action] = inMessage(evidence, ACTION) ?? []
    const isKms =
      action?.startsWith('kms:') === true ||
      isCode(evidence, 'KMS.AccessDenied', 'KMS.DisabledException', 'KMSAccessDenied')
    return isKms
      ? `The signature is right, and a key of KMS denies ${shownName(action ?? 'the access')}.`
      : undefined
  },
)

const policy: Cause = {
  id: 'N1',
  code: 'policy-denied',
  title: 'The permission is missing; the signature was right',
  family: 'neighbour',
  fix: 'Ask for the permission, or choose another identity.',
  detect: (evidence) => {
    const isOther = [explicitDeny, kms].some(({ detect }) => (detect?.(evidence).length ?? 0) > 0)
    if (!isDenied(evidence) || isOther || isOverdue(evidence)) return []
    // Whoever sent no signature at all is told the same.
    if (evidence.wire && evidence.wire.claim === undefined) return []
    const [action] = inMessage(evidence, ACTION) ?? []
    const what = action === undefined ? '' : `: ${shownName(action)}`
    // AWS always says something; other servers say nothing, and mean more things by it.
    if (messageOf(evidence) === '') {
      return [
        {
          grade: 'likely',
          finding: 'The server says AccessDenied and nothing more: the permission is missing.',
          fix: policy.fix,
        },
      ]
    }
    return [
      {
        grade: 'stated',
        finding: `The signature is right, and the permission is missing${what}.`,
        fix: policy.fix,
      },
    ]
  },
}

const optIn = neighbour(
  {
    id: 'N3',
    code: 'not-enabled',
    title: 'Region or service is not switched on for the account',
    fix: 'Switch the region or the service on in the account, or use another one.',
  },
  (evidence) =>
    isCode(evidence, 'OptInRequired', 'NotSignedUp', 'SubscriptionRequired', 'AccountProblem')
      ? 'The signature is right, and the account has not this service or this region.'
      : undefined,
)

const throttled = neighbour(
  {
    id: 'N4',
    code: 'throttled',
    title: 'Too many requests',
    fix: 'Wait, and try again with growing pauses; sign each attempt anew.',
  },
  ({ answer }) => (answer?.kind === 'throttled' ? 'The server asks for fewer requests.' : undefined),
)

const forbidden = neighbour(
  {
    id: 'N5',
    code: 'api-gateway-forbidden',
    title: 'API Gateway refuses before any signature counts',
    fix: 'Look at the resource policy, the stage, the mapping of a custom domain, and whether an API key is due.',
  },
  (evidence) =>
    evidence.answer?.message === 'Forbidden' && evidence.answer.status !== 401
      ? 'API Gateway answers Forbidden: a resource policy, a wrong stage, a custom domain or a missing API key.'
      : undefined,
)

const noRoute = neighbour(
  {
    id: 'N6',
    code: 'route-missing',
    title: 'The route does not exist; API Gateway says that a token is missing',
    fix: 'Check path, stage and method: the request is signed, and there is nothing at that place.',
  },
  (evidence) => {
    const isSaid =
      isCode(evidence, 'MissingAuthenticationToken') || messageOf(evidence) === 'Missing Authentication Token'
    return isSaid && evidence.request.claim !== undefined
      ? `API Gateway has no route for ${shownName(evidence.request.method)} ${shownName(evidence.request.path)}.`
      : undefined
  },
)

const emptyRoot = neighbour(
  {
    id: 'N7',
    code: 'aoss-root',
    title: 'OpenSearch Serverless has nothing at its root',
    fix: 'Ask for an index, such as /my-index/_search: / answers 404 there, and that is right.',
  },
  (evidence) =>
    serviceOf(evidence) === 'aoss' && evidence.request.path === '/' && evidence.answer?.status === 404
      ? 'OpenSearch Serverless answers 404 on /, which says nothing of the signature.'
      : undefined,
)

const VENDORS =
  /\.(?:digitaloceanspaces|wasabisys|backblazeb2|cloudflarestorage|linodeobjects|scw|ovh|idrivee2)\b/

const otherVendor = neighbour(
  {
    id: 'N9',
    code: 'other-vendor',
    title: 'The key is of another vendor than the endpoint',
    fix: 'Use the endpoint of the vendor whose key it is, or a key of the vendor whose endpoint it is.',
  },
  (evidence) => {
    const id = evidence.request.claim?.accessKeyId ?? ''
    const isOfAws = /^(?:AKIA|ASIA)[A-Z\d]{16}$/.test(id)
    return isCode(evidence, 'InvalidAccessKeyId') && isOfAws && VENDORS.test(evidence.host)
      ? `${shownName(evidence.host)} is not of AWS, and the key is.`
      : undefined
  },
)

const NOT_FOUND = ['NoSuchKey', 'NoSuchBucket', 'NoSuchUpload', 'ResourceNotFound', 'NotFound']

const missing = neighbour(
  {
    id: 'N10',
    code: 'not-found',
    title: 'What was asked for is not there; the signature was right',
    fix: 'Check the name, its case and its encoding, and the region.',
  },
  (evidence) =>
    isCode(evidence, ...NOT_FOUND)
      ? 'The signature is right, and what was asked for is not there.'
      : undefined,
)

/** The neighbours. */
export const NEIGHBOURS: readonly Cause[] = [
  policy,
  explicitDeny,
  kms,
  optIn,
  throttled,
  forbidden,
  noRoute,
  emptyRoot,
  otherVendor,
  missing,
]

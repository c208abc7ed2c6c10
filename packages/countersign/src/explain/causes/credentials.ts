/**
 * Causes in the credentials: whose key it is, and whether there is one at all.
 *
 * @module
 */
import type { Cause, Finding } from '../cause.ts'
import { firstValue } from '../signature-claim.ts'
import { isCode, shownKeyId, UNKNOWN_KEY } from './answered.ts'
import { isSwapped } from './secrets.ts'
import { lacksToken } from './session-tokens.ts'

const OWN_NAME = /\.amazonaws\.(?:com(?:\.cn)?|eu)(?::\d+)?$|\.aws(?::\d+)?$|\.on\.aws|\.api\.aws/

const unknownKey: Cause = {
  id: 'M11',
  code: 'unknown-key',
  title: 'The server does not know the key',
  family: 'credentials',
  fix: 'Check whether the key still exists and is active, and whether it is for this account and this partition.',
  detect: (evidence) => {
    if (!isCode(evidence, ...UNKNOWN_KEY) || lacksToken(evidence) || isSwapped(evidence)) return []
    const { host } = evidence
    const hint = host.includes('amazonaws.com.cn')
      ? ' This is an endpoint in China, which takes keys of accounts in China alone.'
      : host.includes('us-gov-')
        ? ' This is an endpoint of GovCloud, which takes keys of accounts there alone.'
        : OWN_NAME.test(host) || host === ''
          ? ''
          : ' This is no endpoint of AWS, and has keys of its own.'
    const id = evidence.request.claim?.accessKeyId ?? evidence.answer?.fields.get('AWSAccessKeyId') ?? ''
    const key = id === '' ? 'key' : `key ${shownKeyId(id)}`
    return [{ grade: 'stated', finding: `The server does not know the ${key}.${hint}`, fix: unknownKey.fix }]
  },
}

const otherSource: Cause = {
  id: 'M13',
  code: 'other-source-wins',
  title: 'The request was signed with another key than the one at hand',
  family: 'credentials',
  fix: 'See which source wins, with countersign doctor; the environment wins over profiles.',
  detect: (evidence) => {
    const sent = evidence.request.claim?.accessKeyId ?? ''
    const own = evidence.credentials?.accessKeyId
    const isOther = own !== undefined && sent !== '' && sent !== own && !isSwapped(evidence)
    if (!isOther) return []
    const finding = `The request was signed with the key ${shownKeyId(sent)}, and the one at hand is ${shownKeyId(own)}.`
    return [{ grade: 'likely', finding, fix: otherSource.fix }]
  },
}

/** Without the request nobody can tell which. */
const EITHER: Finding = {
  grade: 'possible',
  finding:
    'No signature was sent; or, where API Gateway says so, there is nothing at that path, stage and method.',
  fix: 'Look for an Authorization header in the request; if it is there, check path, stage and method.',
}

const unsigned: Cause = {
  id: 'M14',
  code: 'sent-unsigned',
  title: 'The request was sent without a signature',
  family: 'credentials',
  fix: 'Sign it: a client without credentials must fail before it sends.',
  detect: (evidence) => {
    const { wire, request, answer } = evidence
    const sent = wire ?? request
    const isBare = sent.claim === undefined && firstValue(sent.headers, 'authorization') === ''
    if (!isBare || answer === undefined) return []
    if (sent.method === '') return isCode(evidence, 'MissingAuthenticationToken') ? [EITHER] : []
    if (isCode(evidence, 'MissingAuthenticationToken')) {
      return [
        {
          grade: 'stated',
          finding: 'There is no signature in the request, and the server misses it.',
          fix: unsigned.fix,
        },
      ]
    }
    if (!wire || !isCode(evidence, 'AccessDenied', 'Forbidden')) return []
    return [
      {
        grade: 'likely',
        finding: 'The request went out without an Authorization header.',
        fix: unsigned.fix,
      },
    ]
  },
}

/** The causes, the commonest first. */
export const CREDENTIALS: readonly Cause[] = [unknownKey, otherSource, unsigned]

/**
 * Causes in the session token: missing, of another session, twice, or at its end.
 *
 * @module
 */
import type { Case } from '../case.ts'
import type { Cause } from '../cause.ts'
import { inMessage, isCode, UNKNOWN_KEY } from './answered.ts'

function tokensOf({ request: { headers, claim } }: Case): string[] {
  const inHeaders = headers
    .filter(([name]) => /^x-amz-(?:security|s3session)-token$/.test(name))
    .map(([, value]) => value)
  return inHeaders.length > 0 ? inHeaders : claim?.sessionToken ? [claim.sessionToken] : []
}

/** Whether the key is a temporary one, and no token came with it. */
export function lacksToken(evidence: Case): boolean {
  const isTemporary = evidence.request.claim?.accessKeyId.startsWith('ASIA') === true
  return isTemporary && tokensOf(evidence).every((token) => token.trim() === '')
}

const noToken: Cause = {
  id: 'M6',
  code: 'temp-key-no-token',
  title: 'A temporary key without its session token',
  family: 'credentials',
  fix: 'Send the session token of the key: AWS_SESSION_TOKEN, or aws_session_token in the profile.',
  detect: (evidence) => {
    if (!lacksToken(evidence)) return []
    const isStated = isCode(evidence, ...UNKNOWN_KEY, 'InvalidToken')
    const finding =
      'The key id begins with ASIA, so the key works with its session token alone, and none was sent.'
    return [{ grade: isStated ? 'stated' : 'likely', finding, fix: noToken.fix }]
  },
}

const staleToken: Cause = {
  id: 'M7',
  code: 'stale-token',
  title: 'The session token is not that of the key',
  family: 'credentials',
  fix: 'Take key id, secret and token from one place and one login; unset AWS_SESSION_TOKEN where keys have none.',
  detect: (evidence) => {
    const [sent = ''] = tokensOf(evidence)
    const { sessionToken, accessKeyId } = evidence.credentials ?? {}
    const isSameKey = accessKeyId === evidence.request.claim?.accessKeyId
    if (evidence.credentials && isSameKey && sent !== (sessionToken ?? '') && sent !== '') {
      const own =
        sessionToken === undefined ? 'have none' : `have another one (${sessionToken.length} characters)`
      const finding = `A session token of ${sent.length} characters was sent, and the credentials at hand ${own}.`
      return [{ grade: 'likely', finding, fix: staleToken.fix }]
    }
    if (
      sent === '' ||
      !isCode(evidence, 'InvalidToken') ||
      isMangledToken(evidence) ||
      globalToken.detect?.(evidence).length
    )
      return []
    return [
      {
        grade: 'stated',
        finding: 'The server does not take the session token for that of the key.',
        fix: staleToken.fix,
      },
    ]
  },
}

/** A `+` that became a blank on its way through a form or a query. */
function isMangledToken(evidence: Case): boolean {
  if (evidence.request.claim?.mechanism !== 'query') return false
  return tokensOf(evidence).some((token) => /[^\s] [^\s]/.test(token) || token.includes('%2'))
}

const emptyToken: Cause = {
  id: 'M8',
  code: 'empty-token',
  insteadOf: ['empty-header'],
  title: 'An empty session token is sent',
  family: 'credentials',
  fix: 'Leave x-amz-security-token out where there is no token.',
  detect: (evidence) => {
    const isSent = evidence.request.headers.some(
      ([name, value]) => name === 'x-amz-security-token' && value.trim() === '',
    )
    if (!isSent) return []
    const isNamed = inMessage(
      evidence,
      /'x-amz-security-token' is named as a SignedHeader, but it does not exist/,
    )
    const finding = 'The header x-amz-security-token is there, and empty.'
    return [{ grade: isNamed ? 'stated' : 'likely', finding, fix: emptyToken.fix }]
  },
}

const tokenTwice: Cause = {
  id: 'M9',
  code: 'token-twice',
  insteadOf: ['duplicate-join'],
  title: 'The session token is sent twice',
  family: 'credentials',
  fix: 'Remove the header that was added by hand: the signer adds it.',
  receivedInstead: (signed) => {
    const token = signed.headers.find(([name]) => name === 'x-amz-security-token')?.[1]
    if (token === undefined || token === '') return []
    return [',', ', '].map((comma) => ({
      headers: [['x-amz-security-token', token + comma + token]] as const,
    }))
  },
  explain: () => ({ finding: 'The server got the session token twice, and joined both; one was signed.' }),
  detect: (evidence) => {
    const sides = [evidence.request.headers, evidence.wire?.headers ?? [], evidence.received.parts.headers]
    const isDouble = sides.some((headers) => {
      const values = headers.filter(([name]) => name === 'x-amz-security-token').map(([, value]) => value)
      return values.length > 1 || values.some((value) => /^(.+), ?\1$/.test(value))
    })
    if (!isDouble) return []
    return [
      { grade: 'likely', finding: 'The header x-amz-security-token is there twice.', fix: tokenTwice.fix },
    ]
  },
}

const expired: Cause = {
  id: 'M10',
  code: 'expired-credentials',
  title: 'The session of the credentials is over',
  family: 'credentials',
  fix: 'Log in again, for instance with: aws sso login',
  detect: (evidence) => {
    const { credentials, now, answer } = evidence
    const at = answer?.serverTime ?? now
    const { expiration } = credentials ?? {}
    const seconds = expiration && at ? (at.getTime() - expiration.getTime()) / 1000 : 0
    const since = seconds > 0 ? `, ${Math.floor(seconds / 60)} min before the request` : ''
    if (answer?.kind === 'expired') {
      return [{ grade: 'stated', finding: `The session of the credentials ended${since}.`, fix: expired.fix }]
    }
    if (seconds <= 0) return []
    return [{ grade: 'likely', finding: `The credentials ended${since}.`, fix: expired.fix }]
  },
}

/** Regions that have to be switched on, as of 2026; the token of the global endpoint is not for them. */
const OPT_IN =
  /^(?:af-south-1|ap-east-[12]|ap-south-2|ap-southeast-[3-7]|ca-west-1|eu-central-2|eu-south-[12]|il-central-1|me-(?:central|south)-1|mx-central-1)$/

const globalToken: Cause = {
  id: 'M12',
  code: 'global-sts-token',
  title: 'A token of the global STS endpoint, which is not for this region or for SigV4A',
  family: 'credentials',
  fix: 'Get the token from the regional endpoint: AWS_STS_REGIONAL_ENDPOINTS=regional.',
  detect: (evidence) => {
    const region = evidence.scopeParts?.region ?? ''
    const isSigV4A = evidence.isSigV4A
    const isRefused = isCode(evidence, 'InvalidToken') || evidence.answer?.status === 500
    if (!isRefused || tokensOf(evidence).length === 0 || (!OPT_IN.test(region) && !isSigV4A)) return []
    const where = isSigV4A ? 'with SigV4A' : `in ${region}, which has to be switched on`
    const finding = `The session token is refused ${where}: one of the global STS endpoint is not valid there.`
    return [{ grade: 'likely', finding, fix: globalToken.fix }]
  },
}

/** The causes, the commonest first. */
export const SESSION_TOKENS: readonly Cause[] = [
  noToken,
  staleToken,
  emptyToken,
  tokenTwice,
  expired,
  globalToken,
]

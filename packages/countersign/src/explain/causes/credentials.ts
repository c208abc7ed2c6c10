/**
 * Causes in the credentials: damaged secrets, mixed pairs, tokens that are missing, stale or doubled.
 *
 * @module
 */
import type { Case } from '../case.ts'
import type { Cause, Finding } from '../cause.ts'
import type { Change } from '../change.ts'
import { splitScope } from '../key-oracle.ts'
import { inMessage, isCode, shownKeyId } from './answered.ts'
import { isOtherSecret, isSameText, secretsFault } from './key-material.ts'
import { firstValue } from '../signature-claim.ts'

const UNKNOWN_KEY = [
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'UnrecognizedClient',
  'AuthFailure',
  'InvalidSecurity',
]

function secretOf({ credentials }: Case): string {
  return credentials?.secretAccessKey ?? ''
}

/** Changes of the secret that was signed with, leaving out those that change nothing. */
function secrets(
  evidence: Case,
  ...variants: readonly (readonly [secret: string, note: string])[]
): Change[] {
  const secret = secretOf(evidence)
  if (secret === '') return []
  return variants
    .filter(([other]) => other !== secret && other !== '')
    .map(([secretAccessKey, note]) => ({ secretAccessKey, note }))
}

/** Where both sides have the same text, the key is what differs; which of these it is, nobody can tell without it. */
function ofKeyFamily(evidence: Case, what: string, fix: string): Finding[] {
  if (!isSameText(evidence) || evidence.credentials !== undefined) return []
  return [
    {
      grade: 'possible',
      finding: `Both sides have the same string to sign, so the key differs: ${what}.`,
      fix,
    },
  ]
}

const whitespace: Cause = {
  id: 'M1',
  code: 'secret-whitespace',
  title: 'A blank or a line end stands at an end of the secret',
  family: 'credentials',
  fix: 'Store the secret without it, or sign with --trim-secret.',
  signedInstead: (_, evidence) => {
    const secret = secretOf(evidence)
    return secrets(
      evidence,
      [secret.trim(), 'without the blank or line end at the end of the secret at hand'],
      [`${secret}\n`, 'with a line feed behind the secret'],
      [`${secret}\r\n`, 'with a carriage return and a line feed behind the secret'],
      [`${secret}\r`, 'with a carriage return behind the secret'],
      [`${secret} `, 'with a blank behind the secret'],
      [` ${secret}`, 'with a blank in front of the secret'],
      [`${secret}\t`, 'with a tab behind the secret'],
    )
  },
  explain: ({ change, evidence }) => ({
    finding: `It was signed ${change.note ?? ''}, which has ${secretOf(evidence).length} characters here.`,
  }),
  detect: (evidence) => {
    const fault = secretsFault(secretOf(evidence), 'whitespace')
    if (fault === undefined) {
      return ofKeyFamily(
        evidence,
        'the secret may end in a line end',
        'Look at the end of the secret where it is stored.',
      )
    }
    return [{ grade: 'likely', finding: fault, fix: whitespace.fix }]
  },
}

const invisible: Cause = {
  id: 'M2',
  code: 'secret-invisible',
  title: 'The secret holds a character that nobody sees',
  family: 'credentials',
  fix: 'Copy the secret again, as plain text.',
  signedInstead: (_, evidence) => {
    const secret = secretOf(evidence)
    return secrets(
      evidence,
      [`\ufeff${secret}`, 'with U+FEFF, a byte order mark, in front of the secret'],
      [`${secret}\u00a0`, 'with U+00A0, a no-break space, behind the secret'],
      [`${secret}\u200b`, 'with U+200B, a zero-width space, behind the secret'],
      [secret.replace(/[^!-~]/g, ''), 'without the invisible character of the secret at hand'],
    )
  },
  explain: ({ change }) => ({ finding: `It was signed ${change.note ?? ''}.` }),
  detect: (evidence) => {
    const fault = secretsFault(secretOf(evidence), 'invisible')
    return fault === undefined ? [] : [{ grade: 'likely', finding: fault, fix: invisible.fix }]
  },
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const encoded: Cause = {
  id: 'M3',
  code: 'secret-encoded',
  title: 'The secret was URL-encoded, or a shell ate a part of it',
  family: 'credentials',
  fix: 'Give the secret as it is: not URL-encoded, and to a shell in single quotes.',
  signedInstead: (_, evidence) => {
    const secret = secretOf(evidence)
    return secrets(
      evidence,
      [encodeURIComponent(secret), 'with the secret URL-encoded'],
      [decoded(secret), 'with the secret at hand URL-decoded'],
      [secret.replaceAll('+', ' '), 'with each + of the secret turned into a blank'],
      [secret.replaceAll('\\', ''), 'with the backslashes of the secret at hand taken out'],
      [secret.replace(/\$\w*/g, ''), 'with what follows a $ in the secret taken out'],
      [secret.replace(/^(["'])(.*)\1$/s, '$2'), 'without the quotes around the secret at hand'],
      [`"${secret}"`, 'with double quotes around the secret'],
      [`'${secret}'`, 'with single quotes around the secret'],
    )
  },
  explain: ({ change }) => ({ finding: `It was signed ${change.note ?? ''}.` }),
  detect: (evidence) => {
    const fault = secretsFault(secretOf(evidence), 'encoded')
    if (fault === undefined) {
      return ofKeyFamily(evidence, 'a + or / of the secret may have been URL-encoded', encoded.fix)
    }
    return [{ grade: 'likely', finding: fault, fix: encoded.fix }]
  },
}

const otherKey: Cause = {
  id: 'M4',
  code: 'secret-of-other-key',
  title: 'Key id and secret are of two different keys',
  family: 'credentials',
  fix: 'Take key id and secret from one place; profiles and environment must not be mixed.',
  signedInstead: (_, { candidates, request }) =>
    candidates
      .filter(({ accessKeyId }) => accessKeyId !== request.claim?.accessKeyId)
      .flatMap(({ accessKeyId, secretAccessKey }) =>
        secretAccessKey === undefined
          ? []
          : [
              {
                secretAccessKey,
                note: `The signature was made with the secret of the key ${shownKeyId(accessKeyId)}`,
              },
            ],
      ),
  explain: ({ change, evidence }) => ({
    finding: `${change.note ?? ''}, and the request names the key ${shownKeyId(evidence.request.claim?.accessKeyId ?? '')}.`,
  }),
  detect: (evidence) => {
    if (isOtherSecret(evidence) && secretsFault(secretOf(evidence)) === undefined) {
      const finding = `The signature is right for the secret at hand, and the server has the same string to sign: it knows another secret for the key ${shownKeyId(evidence.request.claim?.accessKeyId ?? '')}.`
      return [
        {
          grade: 'likely',
          finding,
          fix: 'Take key id and secret from one place, and check whether the key was rotated.',
        },
      ]
    }
    return ofKeyFamily(evidence, 'the secret may be of another key', otherKey.fix)
  },
}

const SECRET_SHAPE = /^(?=.*[a-z/+])[A-Za-z\d/+]{40}$/
const ID_SHAPE = /^A[A-Z\d]{15,31}$/

function isSwapped({ request, credentials }: Case): boolean {
  const { accessKeyId = '', secretAccessKey = '' } = credentials ?? {}
  return (
    SECRET_SHAPE.test(request.claim?.accessKeyId ?? '') ||
    (SECRET_SHAPE.test(accessKeyId) && ID_SHAPE.test(secretAccessKey))
  )
}

const swapped: Cause = {
  id: 'M5',
  code: 'id-secret-swapped',
  title: 'Key id and secret are exchanged',
  family: 'credentials',
  fix: 'Exchange them, and replace the key: its secret was sent in clear.',
  detect: (evidence) =>
    isSwapped(evidence)
      ? [
          {
            grade: 'likely',
            finding: 'What was sent as the key id has the 40 characters of a secret.',
            fix: swapped.fix,
          },
        ]
      : [],
}

function tokensOf({ request: { headers, claim } }: Case): string[] {
  const inHeaders = headers
    .filter(([name]) => /^x-amz-(?:security|s3session)-token$/.test(name))
    .map(([, value]) => value)
  return inHeaders.length > 0 ? inHeaders : claim?.sessionToken ? [claim.sessionToken] : []
}

function lacksToken(evidence: Case): boolean {
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
    const id = shownKeyId(evidence.request.claim?.accessKeyId ?? '')
    return [
      { grade: 'stated', finding: `The server does not know the key ${id}.${hint}`, fix: unknownKey.fix },
    ]
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
    const region = splitScope(evidence.scope)?.region ?? ''
    const isSigV4A = evidence.request.claim?.algorithm.includes('ECDSA') === true
    const isRefused = isCode(evidence, 'InvalidToken') || evidence.answer?.status === 500
    if (!isRefused || tokensOf(evidence).length === 0 || (!OPT_IN.test(region) && !isSigV4A)) return []
    const where = isSigV4A ? 'with SigV4A' : `in ${region}, which has to be switched on`
    const finding = `The session token is refused ${where}: one of the global STS endpoint is not valid there.`
    return [{ grade: 'likely', finding, fix: globalToken.fix }]
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
    if (!isBare || sent.method === '' || answer === undefined) return []
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

/** Regions and services that keys are derived for by default, or by mistake. */
const REGIONS = [
  'us-east-1',
  'us-west-2',
  'eu-west-1',
  'eu-central-1',
  'ap-northeast-1',
  'ap-southeast-1',
  'auto',
]
const SERVICES = ['s3', 'execute-api', 'lambda', 'es', 'aoss', 'sts', 'iam', 'dynamodb', 'bedrock', 'appsync']

const staleKey: Cause = {
  id: 'M15',
  code: 'stale-derived-key',
  title: 'A derived key was used on another day, in another region or for another service',
  family: 'credentials',
  fix: 'Derive the key anew for the day, region and service of each request.',
  signedInstead: (_, { scope }) => {
    const read = splitScope(scope)
    if (!read) return []
    const others = [
      ...[-1, 1, -2, -7].map((days) => ({ date: otherDay(read.date, days) })),
      ...REGIONS.map((region) => ({ region })),
      ...SERVICES.map((service) => ({ service })),
    ]
    return others.map((other) => {
      const [made = ''] = Object.values(other)
      const [part = 'date'] = Object.keys(other) as (keyof typeof read)[]
      const note = `The key was derived for ${made}, and the request is for ${read[part]}`
      return { keyScope: { ...read, ...other }, note }
    })
  },
  explain: ({ change }) => ({ finding: `${change.note ?? ''}.` }),
  detect: (evidence) =>
    ofKeyFamily(evidence, 'it may be derived for another day, region or service', staleKey.fix),
}

function otherDay(date: string, days: number): string {
  const day = new Date(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T00:00:00Z`)
  if (Number.isNaN(day.getTime())) return date
  return new Date(day.getTime() + days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')
}

/** The causes, the commonest first. */
export const CREDENTIALS: readonly Cause[] = [
  whitespace,
  encoded,
  otherKey,
  invisible,
  staleKey,
  swapped,
  noToken,
  staleToken,
  emptyToken,
  tokenTwice,
  expired,
  unknownKey,
  globalToken,
  otherSource,
  unsigned,
]

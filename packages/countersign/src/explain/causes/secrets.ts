/**
 * Causes in the secret: damaged, of another key, or derived for something else.
 *
 * @module
 */
import type { Case } from '../case.ts'
import type { Cause, Finding } from '../cause.ts'
import type { Change } from '../change.ts'
import { isCode, shownKeyId } from './answered.ts'
import { isOtherSecret, isPresumedSame, isSameText, secretsFault, type SecretFault } from './key-material.ts'
import { otherDays, REGIONS, SERVICES } from './other-scopes.ts'

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

/** The key of SigV4A is made of the key id, too. */
function keyIds({ isSigV4A, request: { claim } }: Case): Change[] {
  const ends = [
    ['\n', 'a line feed'],
    ['\r\n', 'a carriage return and a line feed'],
    [' ', 'a blank'],
  ] as const
  if (!isSigV4A || !claim) return []
  return ends.map(([end, name]) => ({
    accessKeyId: claim.accessKeyId + end,
    note: `with ${name} behind the key id`,
  }))
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

/** What is wrong with the secret at hand, unless the server said what else is wrong. */
function faultOfSecret(evidence: Case, kind: SecretFault): string | undefined {
  const { code } = evidence.answer ?? {}
  const isMismatch =
    code === undefined || isCode(evidence, 'SignatureDoesNotMatch', 'InvalidSignature', 'AccessDenied')
  return isMismatch ? secretsFault(secretOf(evidence), kind) : undefined
}

const whitespace: Cause = {
  id: 'M1',
  code: 'secret-whitespace',
  title: 'A blank or a line end stands at an end of the secret',
  family: 'credentials',
  fix: 'Store the secret without it, or sign with --trim-secret.',
  signedInstead: (_, evidence) => {
    const secret = secretOf(evidence)
    const ofSecret = secrets(
      evidence,
      [secret.trim(), 'without the blank or line end at the end of the secret at hand'],
      [`${secret}\n`, 'with a line feed behind the secret'],
      [`${secret}\r\n`, 'with a carriage return and a line feed behind the secret'],
      [`${secret}\r`, 'with a carriage return behind the secret'],
      [`${secret} `, 'with a blank behind the secret'],
      [` ${secret}`, 'with a blank in front of the secret'],
      [`${secret}\t`, 'with a tab behind the secret'],
    )
    return [...ofSecret, ...keyIds(evidence)]
  },
  explain: ({ change, evidence }) => {
    const length = (change.accessKeyId ? evidence.request.claim?.accessKeyId : secretOf(evidence))?.length
    return { finding: `It was signed ${change.note ?? ''}, which has ${length} characters here.` }
  },
  detect: (evidence) => {
    const fault = faultOfSecret(evidence, 'whitespace')
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
    const fault = faultOfSecret(evidence, 'invisible')
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
    const fault = faultOfSecret(evidence, 'encoded')
    if (fault === undefined) {
      return ofKeyFamily(evidence, 'a + or / of the secret may have been URL-encoded', encoded.fix)
    }
    return [{ grade: 'likely', finding: fault, fix: encoded.fix }]
  },
}

/** What was signed with another key, or with a part of one. */
function othersKeys({ candidates, request, isSigV4A, credentials }: Case): Change[] {
  const named = request.claim?.accessKeyId
  const others = candidates.filter(({ accessKeyId }) => accessKeyId !== named)
  const ofSecrets = others.flatMap(({ accessKeyId, secretAccessKey }): Change[] => {
    if (secretAccessKey === undefined) return []
    const note = `The signature was made with the secret of the key ${shownKeyId(accessKeyId)}`
    const whole = `The signature was made with the key ${shownKeyId(accessKeyId)}`
    return [{ secretAccessKey, note }, ...(isSigV4A ? [{ secretAccessKey, accessKeyId, note: whole }] : [])]
  })
  if (!isSigV4A) return ofSecrets
  // The key of SigV4A is made of the key id, too.
  const ids = [credentials, ...others].flatMap((key) => key?.accessKeyId ?? [])
  const ofIds = [...new Set(ids)]
    .filter((accessKeyId) => accessKeyId !== named)
    .map((accessKeyId) => ({
      accessKeyId,
      note: `The signature was made with the secret at hand and the key id ${shownKeyId(accessKeyId)}`,
    }))
  return [...ofIds, ...ofSecrets]
}

const otherKey: Cause = {
  id: 'M4',
  code: 'secret-of-other-key',
  title: 'Key id and secret are of two different keys',
  family: 'credentials',
  fix: 'Take key id and secret from one place; profiles and environment must not be mixed.',
  signedInstead: (_, evidence) => othersKeys(evidence),
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
    if (isPresumedSame(evidence)) return [ofOtherSecret(evidence)]
    return ofKeyFamily(evidence, 'the secret may be of another key', otherKey.fix)
  },
}

/** With the key at hand all that is known to go wrong has been tried; without it, this is the commonest. */
function ofOtherSecret({ request, oracle }: Case): Finding {
  const rest = oracle
    ? 'and the signature is not of the secret at hand: the client has another one'
    : 'so most likely the client has another secret'
  return {
    grade: oracle ? 'likely' : 'possible',
    finding: `The server has the string to sign that this request makes, ${rest} for the key ${shownKeyId(request.claim?.accessKeyId ?? '')}.`,
    fix: otherKey.fix,
  }
}

const SECRET_SHAPE = /^(?=.*[a-z/+])[A-Za-z\d/+]{40}$/
const ID_SHAPE = /^A[A-Z\d]{15,31}$/

/** Whether key id and secret stand in the place of each other. */
export function isSwapped({ request, credentials }: Case): boolean {
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

const staleKey: Cause = {
  id: 'M15',
  code: 'stale-derived-key',
  title: 'A derived key was used on another day, in another region or for another service',
  family: 'credentials',
  fix: 'Derive the key anew for the day, region and service of each request.',
  signedInstead: (_, { scopeParts: read, isSigV4A }) => {
    if (!read || isSigV4A) return []
    const others = [
      ...otherDays(read.date).map((date) => ({ date })),
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

/** The causes, the commonest first. */
export const SECRETS: readonly Cause[] = [whitespace, encoded, otherKey, invisible, staleKey, swapped]

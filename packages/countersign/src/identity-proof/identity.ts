/**
 * Who proved an identity: the account, the ARN, the user id and the name of the session, held against each other.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html}
 * @module
 */
import type { StsHost } from '../tokens/sts-hosts.ts'
import type { CallerIdentity } from './read-reply.ts'
import { refusal } from './refusal.ts'

/** An identity of AWS that was proved. */
export interface VerifiedIdentity {
  /** Twelve digits. */
  readonly account: string
  /** Such as `arn:aws:sts::123456789012:assumed-role/Deploy/alice`. */
  readonly arn: string
  /** The unique id, which no later user or role of the same name will have; with a role, the session stands behind it. */
  readonly userId: string
  /** Name of the session of a role, or of the federated user. Whoever assumed the role chose it. */
  readonly sessionName?: string
}

const ACCOUNT = /^\d{12}$/
const ARN = /^arn:(aws[a-z-]*):(iam|sts)::(\d{12}):(root|user|assumed-role|federated-user)((?:\/[!-.0-~]+)*)$/
const UNIQUE_ID = /^\w{1,128}$/
const SESSION = /^[\w+=,.@-]{1,64}$/

/** Which service an ARN of a kind belongs to, and how many names stand behind the kind; users have paths. */
const KINDS: ReadonlyMap<string, { readonly service: string; readonly names: number | 'any' }> = new Map([
  ['root', { service: 'iam', names: 0 }],
  ['user', { service: 'iam', names: 'any' }],
  ['assumed-role', { service: 'sts', names: 2 }],
  ['federated-user', { service: 'sts', names: 1 }],
])

/**
 * Checks that the three values belong together.
 *
 * @param host the host that gave them
 * @throws {@link IdentityProofError} `STS_REPLY_INVALID`
 */
export function readIdentity({ account, arn, userId }: CallerIdentity, host: StsHost): VerifiedIdentity {
  const [, partition, service, arnAccount, kind = '', path = ''] = ARN.exec(arn) ?? []
  const names = path.split('/').slice(1)
  const known = KINDS.get(kind)
  const isArn =
    known?.service === service && (known?.names === 'any' ? names.length > 0 : known?.names === names.length)
  if (!isArn || !ACCOUNT.test(account) || arnAccount !== account || partition !== host.partition) {
    throw refusal('STS_REPLY_INVALID', 'Account and ARN of the answer do not belong together, or to the host')
  }
  const sessionName = known?.service === 'sts' ? names.at(-1) : undefined
  const [id = '', session, ...more] = userId.split(':')
  const isUserId = UNIQUE_ID.test(id) && session === sessionName && more.length === 0
  const isOwn = kind === 'assumed-role' || kind === 'user' || id === account
  if (!isUserId || !isOwn || (sessionName !== undefined && !SESSION.test(sessionName))) {
    throw refusal('STS_REPLY_INVALID', 'User id and ARN of the answer do not belong together')
  }
  return sessionName === undefined ? { account, arn, userId } : { account, arn, userId, sessionName }
}

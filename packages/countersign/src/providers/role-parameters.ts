/**
 * The parameters that both ways of assuming a role have.
 *
 * @module
 */
import { SigningError } from '../errors.ts'
import type { RoleOptions, StsOptions } from './sts-options.ts'

/** A parameter with its value. */
export type StsParameter = readonly [name: string, value: string | number | undefined]

const SESSION_NAME = /^[\w+=,.@-]{2,64}$/

/**
 * Checks what can be checked without asking, once, when the provider is made.
 *
 * @throws {@link SigningError} `OPTION_INVALID`
 */
export function assertRole({ roleArn, roleSessionName }: RoleOptions): void {
  if (!roleArn) throw new SigningError('OPTION_INVALID', 'A role needs the option roleArn')
  if (roleSessionName === undefined || SESSION_NAME.test(roleSessionName)) return
  throw new SigningError(
    'OPTION_INVALID',
    'roleSessionName is 2 to 64 letters, digits or characters of _+=,.@-',
  )
}

/** The parameters of a role. */
export function roleParameters(options: RoleOptions & StsOptions): StsParameter[] {
  const { roleArn, policy, policyArns = [], duration, now = () => new Date() } = options
  return [
    ['RoleArn', roleArn],
    ['RoleSessionName', options.roleSessionName ?? `countersign-${now().getTime()}`],
    ['Policy', policy],
    ...policyArns.map((arn, index) => [`PolicyArns.member.${index + 1}.arn`, arn] as const),
    ['DurationSeconds', duration],
  ]
}

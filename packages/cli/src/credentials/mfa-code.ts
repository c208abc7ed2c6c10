/**
 * The code of a device for multi-factor authentication, which a profile with `mfa_serial` needs: from `--mfa-code`, else
 * from `COUNTERSIGN_MFA_CODE`, else asked for at the terminal.
 *
 * @module
 */
import { ask, canAsk, whyNotAsked } from '../frame/ask.ts'
import { CommandError } from '../frame/command-error.ts'
import { EXIT } from '../frame/exit-codes.ts'
import type { CredentialFlags } from '../frame/options.ts'
import { claimInput } from '../frame/streams.ts'

/** Where a code may come from. */
export type MfaFlags = Pick<CredentialFlags, 'mfaCode' | 'input'>

/**
 * Gets the code of a device.
 *
 * @param serial the device
 * @throws {@link CommandError} `MFA_CODE_MISSING`, `MFA_CODE_INVALID`
 */
export async function readMfaCode(serial: string, { mfaCode, input }: MfaFlags): Promise<string> {
  const given = mfaCode ?? (process.env['COUNTERSIGN_MFA_CODE'] || undefined)
  if (given !== undefined) return checked(given)
  if (canAsk(input)) {
    claimInput('the question for the MFA code', true)
    return checked(await ask(`MFA code of ${serial}: `))
  }
  throw new CommandError('MFA_CODE_MISSING', `The profile needs a code of ${serial}`, {
    exitCode: EXIT.credentials,
    why: whyNotAsked(input),
    fix: 'add --mfa-code CODE, or set COUNTERSIGN_MFA_CODE',
  })
}

function checked(code: string): string {
  if (/^\d{6}$/.test(code)) return code
  throw new CommandError('MFA_CODE_INVALID', 'The MFA code is no six digits', {
    exitCode: EXIT.credentials,
    why: 'devices show codes of six digits, each of which is good once, and for half a minute',
    fix: 'type the one that the device shows now',
  })
}

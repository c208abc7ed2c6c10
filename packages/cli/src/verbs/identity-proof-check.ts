/**
 * `countersign identity-proof check`: asks STS who made a proof, and prints the account, the ARN and the user id.
 *
 * @module
 */
import {
  IdentityProofError,
  verifyIdentityProof,
  type IdentityProofErrorCode,
  type VerifiedIdentity,
} from 'countersign/identity-proof'
import { CommandError } from '../frame/command-error.ts'
import { EXIT, type ExitCode } from '../frame/exit-codes.ts'
import { readBytes } from '../frame/files.ts'
import { createOutput, type Output, type OutputFlags } from '../frame/output.ts'
import { resolveRoute } from '../send/route.ts'
import { readTlsSettings } from '../send/tls-settings.ts'
import { createWayFetch, type WayFetch } from '../send/way-fetch.ts'

/** What the command line says. */
export interface CheckFlags extends OutputFlags {
  readonly audience: string
  readonly audienceHeader?: string | undefined
  readonly stsHost?: string | undefined
  readonly proxy?: string | undefined
  readonly cacert?: string | undefined
  readonly connect?: string | undefined
  readonly at?: Date | undefined
}

/** How long a connection may take, in seconds; STS as a whole has as long. */
const TIMEOUT = 10

/**
 * Checks a proof.
 *
 * @param file `-` for standard input
 * @throws {@link CommandError} with the code of the refusal; of the file, of the network
 */
export async function checkProof(file: string, flags: CheckFlags): Promise<void> {
  const output = createOutput(flags)
  const { audience, audienceHeader, stsHost, at } = flags
  const way = await createFetch(flags)
  const proof = Buffer.from(await readBytes(file, 'identity-proof check')).toString('utf8')
  try {
    const identity = await verifyIdentityProof(proof.replace(/\r?\n$/, ''), {
      audience,
      audienceHeader,
      stsHost,
      allowedHosts: stsHost === undefined ? undefined : [stsHost],
      fetch: way.fetch,
      now: at && (() => at),
      timeout: TIMEOUT,
      // One run has nobody to remember proofs for.
      replayGuard: false,
    })
    print(identity, output)
  } catch (error) {
    if (!(error instanceof IdentityProofError)) throw error
    throw (error.code === 'STS_UNAVAILABLE' ? way.failure() : undefined) ?? describe(error)
  }
}

async function createFetch({ proxy, connect, cacert }: CheckFlags): Promise<WayFetch> {
  const tls = await readTlsSettings({ cacert }, process.env)
  return createWayFetch((url) => {
    const { origin } = new URL(url)
    const route = resolveRoute(new URL(origin), true, { proxy, connect }, process.env)
    return { origin: new URL(origin), route, tls, connectTimeout: TIMEOUT }
  })
}

function print(identity: VerifiedIdentity, output: Output): void {
  const { account, arn, userId, sessionName } = identity
  if (output.isJson) {
    output.writeJson('identity-proof-check', { account, arn, userId, sessionName })
    return
  }
  output.write(`account ${account}\narn ${arn}\nuser id ${userId}\n`)
}

const EXIT_OF: ReadonlyMap<IdentityProofErrorCode, ExitCode> = new Map<IdentityProofErrorCode, ExitCode>([
  ['PROOF_NOT_YET_VALID', EXIT.clock],
  ['STS_UNAVAILABLE', EXIT.network],
])

const FIXES: ReadonlyMap<IdentityProofErrorCode, string> = new Map([
  ['PROOF_FORM_REFUSED', 'name the STS that signed proofs go to: --sts-host sts.REGION.amazonaws.com'],
  ['HOST_NOT_ALLOWED', 'have the proof made for a STS of AWS, or name the host with --sts-host'],
  ['PROOF_NOT_YET_VALID', 'set the clocks of both computers'],
  ['STS_UNAVAILABLE', 'try again'],
])

function describe({ code, message }: IdentityProofError): CommandError {
  return new CommandError(code, message, {
    exitCode: EXIT_OF.get(code) ?? EXIT.signature,
    why: `refused with ${code}`,
    fix: FIXES.get(code) ?? 'have a new proof made: countersign identity-proof make --audience NAME',
  })
}

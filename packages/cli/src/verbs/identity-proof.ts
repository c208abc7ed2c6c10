/**
 * `countersign identity-proof`: makes a proof of who somebody is, for a server that asks STS. `identity-proof check` is
 * that server.
 *
 * @module
 */
import { Option, type Command } from 'commander'
import { resolveCredentials } from '../credentials/resolve.ts'
import {
  addCredentialOptions,
  addExamples,
  addOutputOptions,
  addPinOptions,
  atOption,
  createVerbCommand,
  type SigningFlags,
} from '../frame/options.ts'
import { createOutput } from '../frame/output.ts'
import { formatInstant, formatLifetime } from '../frame/times.ts'
import { resolveScope } from '../request/scope.ts'
import { tellWarnings } from '../request/signing-warnings.ts'
import type { CheckFlags } from './identity-proof-check.ts'

interface MakeFlags extends SigningFlags {
  readonly audience: string
  readonly audienceHeader?: string | undefined
  readonly form: 'presigned' | 'signed'
}

/** Makes the command. */
export function createCommand(): Command {
  const command = createVerbCommand(
    'identity-proof',
    'Proves to a server who you are, with credentials of AWS and no secret that both know.',
  ).usage('COMMAND [options]')
  addMake(command)
  addCheck(command)
  return addExamples(command, [
    'identity-proof make --audience billing.example.com --region eu-west-1',
    'identity-proof check --audience billing.example.com proof.txt',
  ])
}

function addStep(command: Command, name: string, description: string): Command {
  return command
    .command(name)
    .description(description)
    .helpOption('-h, --help', 'show this')
    .requiredOption('--audience <name>', 'the server that the proof is for')
    .option('--audience-header <name>', 'the header that names it; x-countersign-audience by default')
    .addOption(atOption())
}

function addMake(command: Command): void {
  const make = addStep(command, 'make', 'Prints a proof. Sends nothing.')
    .option('--region <name>', 'of the STS that is asked; by default that of the environment')
    .addOption(
      new Option('--form <form>', 'a presigned URL, or the POST of Vault')
        .choices(['presigned', 'signed'])
        .default('presigned'),
    )
  addOutputOptions(addCredentialOptions(addPinOptions(make))).action(printProof)
}

async function printProof(flags: MakeFlags): Promise<void> {
  const output = createOutput(flags)
  const credentials = await resolveCredentials(flags, output)
  const scoped = { ...flags, service: 'sts' }
  const { region } = await resolveScope('https://sts/', scoped, credentials, output)
  const { createIdentityProof } = await import('countersign/identity-proof')
  const { audience, audienceHeader, form, at: date } = flags
  const made = createIdentityProof({ credentials, region, audience, audienceHeader, form, date })
  tellWarnings(made.warnings, output)
  const end = formatInstant(made.expiresAt)
  if (output.isJson) {
    output.writeJson('identity-proof', { proof: made.proof, form, audience, expiresAt: end })
    return
  }
  output.write(`${made.proof}\n`)
  const left = formatLifetime(made.expiresAt, date ?? new Date())
  output.note(`valid until ${end} (${left}), once`)
}

function addCheck(command: Command): void {
  const check = addStep(command, 'check', 'Asks STS who made a proof.')
    .argument('<file>', '- for standard input')
    .option('--sts-host <host>', 'the one STS that is asked; signed proofs need it')
    .option('-x, --proxy <url>', 'the proxy; "" for none')
    .option('--cacert <file>', 'trust these authorities')
    .option('--connect <place>', 'HOST:PORT to reach in the place of STS')
  addOutputOptions(check).action(async (file: string, flags: CheckFlags) => {
    const { checkProof } = await import('./identity-proof-check.ts')
    await checkProof(file, flags)
  })
}

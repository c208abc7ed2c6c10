/**
 * `countersign explain`: why a server refused a signed request, from whatever shows the request and the answer.
 *
 * @module
 */
import type { Command } from 'commander'
import { evidenceOf, explainRefusal, type Evidence, type Explanation } from 'countersign/explain'
import { correctedCommand } from '../explain/corrected-command.ts'
import { readSources, type EvidenceFlags } from '../explain/evidence-sources.ts'
import { exitCodeOf } from '../explain/explanation-exit.ts'
import { readLast, type LastRefusal } from '../explain/last-refusal.ts'
import { findLocalKeys, type LocalKeys } from '../explain/local-keys.ts'
import { algorithmsOf } from '../explain/needed-algorithms.ts'
import { redactEvidence, withoutTarget, type RedactedEvidence } from '../explain/redact-evidence.ts'
import { showExplanation } from '../explain/show-explanation.ts'
import {
  addCredentialOptions,
  addExamples,
  addOutputOptions,
  atOption,
  createVerbCommand,
  type CredentialFlags,
} from '../frame/options.ts'
import { createOutput, type Output, type OutputFlags } from '../frame/output.ts'

interface Flags extends CredentialFlags, OutputFlags, EvidenceFlags {
  /** When the request was refused. */
  readonly at?: Date | undefined
  readonly bundle?: boolean | undefined
}

const FORMS = `
It takes whatever shows the refusal, and finds out what it is:
  a request and its answer as HTTP, a line of curl, what curl -v or --trace printed, a call of
  fetch or a HAR of a browser, logs of the AWS CLI (--debug 2>&1), boto3 and other SDKs, a presigned
  URL, an error document of XML or JSON, what a client said, or a status such as 403.
An error document of S3 alone often is enough. Nothing is sent; keys are compared here.

"last" is the last refusal that send met, or that proxy or gateway saw: kept without secrets, unless
they have --no-record or COUNTERSIGN_NO_RECORD is set.`

/** Makes the command. */
export function createCommand(): Command {
  const command = createVerbCommand('explain', 'Says why a server refused a signed request.')
    .argument('[source...]', 'files, URLs or a status; - is standard input, and the default; or: last')
    .option('--request <file>', 'the request, in a file of its own')
    .option('--answer <file>', 'what the server answered, or its status')
    .option('-X, --method <name>', 'the method that a presigned URL was sent with')
    .option('--bundle', 'print the exchange and its explanation as JSON without secrets, for a ticket')
    .addOption(atOption())
  addOutputOptions(addCredentialOptions(command))
  command.addHelpText('after', FORMS)
  addExamples(command, [
    'explain refusal.log',
    'explain --request request.http --answer error.xml --profile dev',
    "explain 'https://bucket.s3.eu-west-1.amazonaws.com/key?X-Amz-Algorithm=...' error.xml",
    'explain last',
  ])
  return command.action(async (sources: readonly string[], flags: Flags) => {
    const output = createOutput(flags)
    if (sources[0] === 'last' && sources.length === 1) explainLast(flags, output)
    else await explainGiven(sources, flags, output)
  })
}

function explainLast({ bundle }: Flags, output: Output): void {
  const last = readLast()
  const { explanation, corrected } = last
  process.exitCode = exitCodeOf(explanation)
  if (bundle) output.write(`${JSON.stringify({ ...last, schema: 'countersign/bundle/1' }, undefined, 2)}\n`)
  else if (output.isJson)
    output.writeJson('explain', { at: last.at, url: last.url, ...explanation, corrected })
  else {
    output.write(`${last.at} ${whereOf(last)} ${last.evidence.request.method} ${last.url}\n\n`)
    showExplanation({ explanation, corrected }, output)
  }
}

/** The verb that met it and, where that one serves, who refused. */
function whereOf({ by, refusedBy }: LastRefusal): string {
  if (refusedBy === undefined) return by
  return refusedBy === 'upstream' ? `${by}, refused by the upstream:` : `${by}, which refused it:`
}

async function explainGiven(sources: readonly string[], flags: Flags, output: Output): Promise<void> {
  const readings = await readSources(sources, flags, output)
  const evidence = withMethod(evidenceOf(readings), flags.method)
  const keys = await findLocalKeys(flags, readings, evidence, output)
  const algorithms = await algorithmsOf(evidence)
  const explanation = explainRefusal(evidence, { ...keys, algorithms, now: flags.at })
  const corrected = correctedCommand(evidence, explanation.verdicts[0]?.correction)
  process.exitCode = exitCodeOf(explanation)
  if (flags.bundle) printBundle(redactEvidence(evidence, secretsOf(keys)), explanation, corrected, output)
  else if (output.isJson)
    output.writeJson('explain', {
      ...explanation,
      verdicts: explanation.verdicts.map(withoutTarget),
      corrected,
    })
  else showExplanation({ explanation, corrected }, output)
}

/** A presigned URL does not say its method. */
function withMethod(evidence: Evidence, method: string | undefined): Evidence {
  return method === undefined ? evidence : { ...evidence, request: { ...evidence.request, method } }
}

function secretsOf({ credentials, candidates }: LocalKeys): (string | undefined)[] {
  return [credentials, ...candidates].map((key) =>
    key && 'secretAccessKey' in key ? key.secretAccessKey : undefined,
  )
}

function printBundle(
  evidence: RedactedEvidence,
  explanation: Explanation,
  corrected: string | undefined,
  output: Output,
): void {
  const document = {
    schema: 'countersign/bundle/1',
    evidence,
    explanation: { ...explanation, verdicts: explanation.verdicts.map(withoutTarget) },
    corrected,
  }
  output.write(`${JSON.stringify(document, undefined, 2)}\n`)
}

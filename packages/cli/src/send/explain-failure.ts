/**
 * What `send` does with a refusal besides telling it: it looks for the cause, and keeps the exchange for
 * `countersign explain last`, without secrets.
 *
 * @module
 */
import { explainRefusal, findCause, type Evidence, type Verdict } from 'countersign/explain'
import { correctedCommand } from '../explain/corrected-command.ts'
import { isRecording, keepLast } from '../explain/last-refusal.ts'
import { algorithmsOf } from '../explain/needed-algorithms.ts'
import { redactEvidence } from '../explain/redact-evidence.ts'
import { CommandError } from '../frame/command-error.ts'
import { formatInstant } from '../frame/times.ts'
import { redactUrl } from '../request/redacted-headers.ts'
import type { Delivered } from './delivery.ts'
import type { SendFlags } from './send-flags.ts'
import type { SigningMeans } from './signing.ts'

/**
 * Explains a refusal, and keeps it.
 *
 * @param failure what the command ends with
 * @returns the same, with the cause in it where one was found
 */
export async function explainFailure(
  delivered: Delivered,
  failure: unknown,
  means: SigningMeans,
  flags: SendFlags,
): Promise<unknown> {
  const evidence = evidenceOf(delivered)
  const credentials = typeof means === 'function' ? undefined : means.credentials
  const now = flags.at ?? new Date()
  const explanation = explainRefusal(evidence, { credentials, algorithms: await algorithmsOf(evidence), now })
  const [verdict] = explanation.verdicts
  const corrected = correctedCommand(evidence, verdict?.correction)
  const secret = credentials && 'secretAccessKey' in credentials ? credentials.secretAccessKey : undefined
  const isKept =
    isRecording(flags.record) &&
    keepLast({
      schema: 'countersign/refusal/1',
      at: formatInstant(new Date()),
      by: 'send',
      url: redactUrl(delivered.request.url),
      evidence: redactEvidence(evidence, [secret, credentials?.sessionToken]),
      explanation,
      corrected,
    })
  return failure instanceof CommandError && verdict ? withCause(failure, verdict, isKept) : failure
}

function evidenceOf({ attempt: { signed, wire }, response, prefix }: Delivered): Evidence {
  const { method, url, headers, canonicalRequest, stringToSign } = signed
  const host = /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1] ?? ''
  return {
    request: {
      method,
      target: wire.target === '' ? '/' : wire.target,
      headers,
      body: wire.body?.bytes,
      protocol: /^https:/i.test(url) ? 'https' : 'http',
      host,
    },
    signed: { canonicalRequest, stringToSign },
    answer: { status: response.status, headers: response.headers, body: prefix },
  }
}

/** What is known already is a line to type, such as a flag to add. */
const TYPED = /^(?:add |leave out|log in|set the clock|follow|try again|check which key)/
/** What AWS says of every wrong signature, which tells nobody anything. */
const USUAL = /: The request signature we calculated does not match.*$/

function withCause(
  failure: CommandError,
  { code, grade, finding, fix }: Verdict,
  isKept: boolean,
): CommandError {
  // What AWS says of a permission names the action and who asked.
  if (findCause(code)?.family === 'neighbour') return failure
  const said = failure.why?.replace(USUAL, '')
  const next = isKept ? `${fix.replace(/\.$/, '')} (all of it: countersign explain last)` : fix
  return new CommandError(failure.code, failure.message, {
    exitCode: failure.exitCode,
    why: `${said ? `${said}; ` : ''}${grade}: ${finding}`,
    fix: TYPED.test(failure.fix) ? failure.fix : next,
    cause: failure,
  })
}

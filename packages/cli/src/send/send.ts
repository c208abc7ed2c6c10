/**
 * Runs `countersign send`: signs a request, sends it, writes the answer, and ends with a code that tells what happened.
 *
 * @module
 */
import type { Credentials } from 'countersign'
import type { DataPart } from '../curl/data.ts'
import { CommandError } from '../frame/command-error.ts'
import { EXIT } from '../frame/exit-codes.ts'
import { readBytes } from '../frame/files.ts'
import { createOutput } from '../frame/output.ts'
import { isTerminal } from '../frame/standard-output.ts'
import { fileOf, writeOutput } from './answer-sink.ts'
import { writeAnswer, type Run } from './answer.ts'
import { resolveDelivery, type FoundOptions } from './delivery-options.ts'
import { deliver, hashOf, hostOf, type Counts, type Delivered, type DeliveryEvents } from './delivery.ts'
import { showRequest } from './dry-run.ts'
import { describeNetworkError } from './network-error.ts'
import { readOutgoing, type OutgoingRequest } from './outgoing-request.ts'
import { createProgress } from './progress.ts'
import { failureOf } from './refusal-error.ts'
import type { SendFlags } from './send-flags.ts'
import { signAttempt } from './signing.ts'
import { createTalk, tellOfSigning } from './talk.ts'
import { readTlsSettings } from './tls-settings.ts'
import { formatWriteOut } from './write-out.ts'

/**
 * Runs the verb.
 *
 * @throws {@link CommandError} for whatever ends it with another code than 0
 */
export async function runSend(url: string, flags: SendFlags, parts: readonly DataPart[]): Promise<void> {
  const output = createOutput(flags)
  fileOf(flags, url)
  const format = await readFormat(flags)
  const tls = await readTlsSettings(flags, process.env)
  const request = await readOutgoing(url, flags, parts)
  const run = { flags, output, progress: createProgress(isProgressShown(flags)), counts: noCounts() }
  try {
    const found = await resolveDelivery(request, flags, tls, output)
    if (flags.dryRun || flags.printCurl) await showOnly(request, found, run)
    else await sendAndWrite(request, found, format, run)
  } finally {
    run.progress.clear()
    await request.body?.close()
  }
}

function noCounts(): Counts {
  return { attempts: 0, retries: 0, redirects: 0, uploaded: 0, downloaded: 0 }
}

function isProgressShown({ progress, silent, json, verbose = 0 }: SendFlags): boolean {
  return isTerminal('stderr') && progress && !silent && !json && verbose === 0
}

async function readFormat({ writeOut = '', json }: SendFlags): Promise<string> {
  if (json && writeOut !== '') {
    throw new CommandError('USAGE', '--json and --write-out both write to standard output', {
      why: 'that is to be one JSON object',
      fix: 'leave one of them out: the JSON has all of it',
    })
  }
  if (!writeOut.startsWith('@')) return writeOut
  return Buffer.from(await readBytes(writeOut.slice(1), '--write-out')).toString('utf8')
}

async function showOnly(
  request: OutgoingRequest,
  { signing, scopeOf }: FoundOptions,
  { flags, output, progress }: Run,
): Promise<void> {
  const scope = await scopeOf(request, undefined)
  const attempt = await signAttempt(request, await hashOf(request, progress), signing, scope)
  progress.clear()
  tellOfSigning(attempt, output)
  await showRequest(attempt, request, flags, output)
}

async function sendAndWrite(
  request: OutgoingRequest,
  found: FoundOptions,
  format: string,
  run: Run,
): Promise<void> {
  const { flags, output, progress, counts } = run
  const events = await createEvents(found, run)
  const start = performance.now()
  let delivered: Delivered | undefined
  let failure: unknown
  try {
    delivered = await deliver(request, { ...found, progress, events }, counts)
    failure = await explained(delivered, failureOf(delivered, flags, output), found, flags)
    await writeAnswer(delivered, failure, request.url, run)
  } catch (error) {
    failure = describeNetworkError(error, hostOf(delivered?.request.url ?? request.url))
  } finally {
    progress.clear()
    await delivered?.response.close()
  }
  const seconds = (performance.now() - start) / 1000
  if (format !== '') await printFormat(format, delivered, request, { failure, seconds }, run)
  if (failure !== undefined) endWith(failure, flags)
}

/** What is told while it is under way; what shows bytes is loaded only then. */
async function createEvents({ signing }: FoundOptions, { flags, output }: Run): Promise<DeliveryEvents> {
  const talk = createTalk(output, flags.silent === true)
  if (output.verbosity < 3) return talk
  const { withBytes } = await import('./talk-of-bytes.ts')
  const credentials = typeof signing === 'function' ? {} : signing.credentials
  const { secretAccessKey, sessionToken } = credentials as Partial<Credentials>
  return withBytes(talk, [secretAccessKey, sessionToken], output)
}

/** The failure with its cause, where it is one that signing can be about; what explains is loaded only then. */
async function explained(
  delivered: Delivered,
  failure: unknown,
  { signing }: FoundOptions,
  flags: SendFlags,
): Promise<unknown> {
  const { refusal, response, scope } = delivered
  const isSigned = scope.scheme !== 'bearer' && scope.older === undefined
  if (response.status < 300 || refusal === undefined || refusal.kind === 'other' || !isSigned) return failure
  const { explainFailure } = await import('./explain-failure.ts')
  return explainFailure(delivered, failure, signing, flags)
}

async function printFormat(
  format: string,
  delivered: Delivered | undefined,
  first: OutgoingRequest,
  { failure, seconds }: { failure: unknown; seconds: number },
  { flags, output, counts }: Run,
): Promise<void> {
  const last = delivered?.request ?? first
  const { stdout, stderr, unknown } = formatWriteOut(format, {
    status: delivered?.response.status ?? 0,
    headers: delivered?.response.headers ?? [],
    method: delivered?.attempt.signed.method ?? first.method,
    url: last.url,
    redirectUrl: delivered?.next.kind === 'refused' ? delivered.next.to : '',
    redirects: counts.redirects,
    retries: counts.retries,
    sizeUpload: counts.uploaded,
    sizeDownload: counts.downloaded,
    timeTotal: seconds,
    exitCode: exitCodeOf(failure),
    errorMessage: failure instanceof Error ? failure.message : '',
    file: fileOf(flags, first.url) ?? '',
  })
  await writeOutput(stdout, true)
  if (stderr !== '') process.stderr.write(stderr)
  for (const name of unknown) output.warn('VARIABLE_UNKNOWN', `--write-out knows no variable ${name}`)
}

function exitCodeOf(failure: unknown): number {
  if (failure === undefined) return EXIT.ok
  return failure instanceof CommandError ? failure.exitCode : EXIT.internal
}

/** With `-s` the exit code alone tells what happened. */
function endWith(failure: unknown, { silent, showError }: SendFlags): void {
  if (!silent || showError || !(failure instanceof CommandError)) throw failure
  process.exitCode = failure.exitCode
}

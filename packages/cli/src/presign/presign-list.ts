/**
 * Presigns a list, line by line: as many as there are, in the memory of a few.
 *
 * @module
 */
import { createReadStream, statSync } from 'node:fs'
import { CommandError } from '../frame/command-error.ts'
import { EXIT } from '../frame/exit-codes.ts'
import { describeFailure } from '../frame/failure.ts'
import { unreadable } from '../frame/files.ts'
import { readLines } from '../frame/lines.ts'
import type { Output } from '../frame/output.ts'
import { claimInput } from '../frame/streams.ts'
import { formatInstant } from '../frame/times.ts'
import type { GivenRequest } from '../request/given-request.ts'
import type { ResolvedScope } from '../request/scope.ts'
import { messageOfWarning } from '../request/signing-warnings.ts'
import { authorityOf } from '../request/url-parts.ts'
import { createListProgress } from './list-progress.ts'
import { parseListEntry, type ListEntry } from './list-entry.ts'
import { presignGiven, type Presigned, type PresignMeans } from './presign-given.ts'

/** What holds for all lines. */
export interface ListOptions extends PresignMeans {
  /** `-` for standard input. */
  readonly from: string
  /** What keys stand below. */
  readonly base: string | undefined
  /** Of lines that name none. */
  readonly method: string
  readonly headers: GivenRequest['headers']
  /** Whether lines that cannot be presigned are passed over. */
  readonly isKeptGoing: boolean
  readonly scopeOf: (url: string, isFirst: boolean) => Promise<ResolvedScope>
}

const FLAG = '--from'
/** In bytes. */
const PIECE = 256 * 1024
/** As many hosts are remembered with what they are signed for. */
const MOST_HOSTS = 1000

/** What happened so far. */
interface Tally {
  line: number
  made: number
  skipped: number
  /** In milliseconds: when the first of the URLs ends. */
  firstEnd: number
  /** How many lines each warning was about. */
  readonly warnings: Map<string, number>
}

/**
 * Presigns all lines, in their order.
 *
 * @throws {@link CommandError} `FILE_UNREADABLE`; what is wrong with a line, unless it is to go on
 */
export async function presignList(options: ListOptions, output: Output): Promise<void> {
  const tally: Tally = { line: 0, made: 0, skipped: 0, firstEnd: Infinity, warnings: new Map() }
  const sign = createListSigner(options)
  const progress = createListProgress(output, sizeOf(options.from))
  try {
    for await (const { lines, bytes } of readLines(open(options.from), 'The list')) {
      await presignLines(lines, { options, output, sign, tally, clear: progress.clear })
      progress.add(bytes, tally.made)
    }
  } catch (error) {
    throw isMissing(error) ? unreadable(options.from, FLAG, error) : error
  } finally {
    progress.clear()
  }
  tellEnd(tally, output)
}

interface Batch {
  readonly options: ListOptions
  readonly output: Output
  readonly sign: (entry: ListEntry) => Promise<Presigned> | Presigned
  readonly tally: Tally
  /** Takes the line of progress out of the way. */
  readonly clear: () => void
}

/** What was made is written before an error ends it all, and before more is read. */
async function presignLines(lines: readonly string[], batch: Batch): Promise<void> {
  const { options, output, sign, tally } = batch
  let text = ''
  try {
    for (const line of lines) {
      tally.line++
      if (line === '') continue
      try {
        const made = sign(parseListEntry(line, options.base))
        text += formatLine(made instanceof Promise ? await made : made, batch)
      } catch (error) {
        skip(error, batch)
      }
    }
  } finally {
    if (text !== '') await output.writeAll(text)
  }
}

function formatLine(presigned: Presigned, { output, tally, clear }: Batch): string {
  const { url, method, headers, expiresAt, warnings } = presigned
  tally.made++
  tally.firstEnd = Math.min(tally.firstEnd, expiresAt.getTime())
  for (const warning of warnings) {
    const count = tally.warnings.get(warning) ?? 0
    tally.warnings.set(warning, count + 1)
    if (count > 0) continue
    clear()
    output.warn(warning, `line ${tally.line}: ${messageOfWarning(warning)}`)
  }
  if (!output.isJson) return `${url}\n`
  return `${JSON.stringify({ line: tally.line, url, method, headers, expiresAt: formatInstant(expiresAt) })}\n`
}

/** Credentials that have ended end it, since no line could be presigned any more. */
function skip(error: unknown, { options, output, tally, clear }: Batch): void {
  const { code, message, why, fix, exitCode } = describeFailure(error, 'countersign help presign')
  if (!options.isKeptGoing || exitCode === EXIT.credentials || exitCode === EXIT.internal) {
    throw new CommandError(code, `Line ${tally.line}: ${message}`, { why, fix, exitCode, cause: error })
  }
  tally.skipped++
  clear()
  const text = output.isJson
    ? JSON.stringify({ line: tally.line, error: { code, message, fix } })
    : `skipped line ${tally.line}: ${message}`
  process.stderr.write(`${text}\n`)
}

function tellEnd({ made, skipped, firstEnd, warnings }: Tally, output: Output): void {
  for (const [code, count] of warnings) if (count > 1) output.note(`${code} was about ${count} lines`)
  const count = `${made} URL${made === 1 ? '' : 's'}`
  output.note(made > 0 ? `${count}, the first to end at ${formatInstant(new Date(firstEnd))}` : count)
  if (skipped === 0) return
  output.note(`${skipped} line${skipped === 1 ? '' : 's'} skipped`)
  process.exitCode = EXIT.usage
}

/** Finds out once for each host what it is signed for. */
function createListSigner(options: ListOptions): Batch['sign'] {
  const scopes = new Map<string, ResolvedScope>()
  const sign = (entry: ListEntry, scope: ResolvedScope): Presigned | Promise<Presigned> => {
    const { url, method = options.method, headers = [], expires = options.expires } = entry
    const all = headers.length > 0 ? [...options.headers, ...headers] : options.headers
    const { credentials, date } = options
    return presignGiven({ method, url, headers: all }, scope, { credentials, date, expires })
  }
  return (entry) => {
    const host = authorityOf(entry.url)
    const known = scopes.get(host)
    if (known) return sign(entry, known)
    return options.scopeOf(entry.url, scopes.size === 0).then((scope) => {
      if (scopes.size >= MOST_HOSTS) scopes.clear()
      scopes.set(host, scope)
      return sign(entry, scope)
    })
  }
}

function open(path: string): AsyncIterable<Uint8Array> {
  return path === '-' ? claimInput(FLAG) : createReadStream(path, { highWaterMark: PIECE })
}

/** In bytes; nothing for a pipe. */
function sizeOf(path: string): number | undefined {
  const found = path === '-' ? undefined : statSync(path, { throwIfNoEntry: false })
  return found?.isFile() ? found.size : undefined
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR'
}

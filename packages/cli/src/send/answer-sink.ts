/**
 * Where an answer goes: standard output, a file, or memory for `--json`.
 *
 * @module
 */
import { open } from 'node:fs/promises'
import { once } from 'node:events'
import { CommandError } from '../frame/command-error.ts'
import { reasonOf } from '../frame/files.ts'
import type { SendFlags } from './send-flags.ts'

/** Takes the bytes of an answer. */
export interface AnswerSink {
  /** The file that is written; empty when there is none. */
  readonly file: string
  /**
   * Takes a piece, and is done when more can be taken.
   *
   * @throws {@link CommandError} `FILE_UNREADABLE`, and `USAGE` for binary data on a terminal
   */
  write(chunk: Uint8Array): Promise<void>
  close(): Promise<void>
}

/**
 * Makes the sink that the flags ask for.
 *
 * @param url whose last name `-O` takes
 * @param memory takes the bytes in the place of standard output
 * @throws {@link CommandError} `USAGE`, `FILE_UNREADABLE`
 */
export async function openSink(
  flags: SendFlags,
  url: string,
  memory: Uint8Array[] | undefined,
): Promise<AnswerSink> {
  const path = fileOf(flags, url)
  if (path !== undefined) return openFile(path)
  if (memory) return memorySink(memory)
  return outputSink(flags.output === '-')
}

/**
 * The file that the flags name.
 *
 * @throws {@link CommandError} `USAGE`
 */
export function fileOf({ output, remoteName }: SendFlags, url: string): string | undefined {
  if (output !== undefined && remoteName) {
    throw new CommandError('USAGE', '--output and --remote-name both name a file', {
      why: 'the answer is written once',
      fix: 'give one of them',
    })
  }
  if (!remoteName) return output === '-' ? undefined : output
  const name = /^[a-z]+:\/\/[^/?#]*\/(?:[^?#]*\/)?([^/?#]*)/i.exec(url)?.[1] ?? ''
  // A server must not choose a place outside of this folder.
  if (name !== '' && name !== '.' && name !== '..' && !/[\\:\0]/.test(name)) return name
  throw new CommandError('USAGE', 'The URL has no file name for --remote-name', {
    why: 'its path ends in a slash, or in what is no name',
    fix: 'name one with -o FILE',
  })
}

/** At a terminal what follows begins on a line of its own. */
function outputSink(isForced: boolean): AnswerSink {
  let last: number | undefined
  return {
    file: '',
    write(chunk) {
      last = chunk.at(-1) ?? last
      return writeOutput(chunk, isForced)
    },
    async close() {
      const isOpenLine = last !== undefined && last !== LINE_FEED
      if (isOpenLine && !isForced && process.stdout.isTTY) await writeOutput('\n', false)
    },
  }
}

const LINE_FEED = 0x0a

async function openFile(path: string): Promise<AnswerSink> {
  const failed = (cause: unknown): CommandError =>
    new CommandError('FILE_UNREADABLE', `${path} cannot be written`, {
      why: reasonOf(cause, true),
      fix: 'check the path, who may write there, and the space that is left',
      cause,
    })
  const file = await open(path, 'w').catch((error: unknown) => {
    throw failed(error)
  })
  return {
    file: path,
    async write(chunk) {
      await file.appendFile(chunk).catch((error: unknown) => {
        throw failed(error)
      })
    },
    close: () => file.close(),
  }
}

/** In bytes; more would not fit into one JSON text. */
const MEMORY_LIMIT = 64 * 1024 * 1024

function memorySink(memory: Uint8Array[]): AnswerSink {
  let size = 0
  return {
    file: '',
    async write(chunk) {
      size += chunk.byteLength
      if (size > MEMORY_LIMIT) {
        throw new CommandError('USAGE', 'The body is too long for --json: more than 64 MiB', {
          why: 'it would be one text in memory',
          fix: 'write it to a file with -o FILE',
        })
      }
      memory.push(chunk)
    },
    async close() {},
  }
}

/**
 * Writes to standard output, no faster than it is read.
 *
 * @param isForced whether binary data may go to a terminal
 * @throws {@link CommandError} `USAGE`
 */
export async function writeOutput(chunk: Uint8Array | string, isForced: boolean): Promise<void> {
  const { stdout } = process
  if (stdout.isTTY && !isForced && isBinary(chunk)) {
    throw new CommandError('USAGE', 'The answer is binary, and standard output is a terminal', {
      why: 'it could upset the terminal',
      fix: 'write it to a file with -o FILE, or force it with -o -',
    })
  }
  if (!stdout.write(chunk)) await once(stdout, 'drain')
}

function isBinary(chunk: Uint8Array | string): boolean {
  return typeof chunk === 'string' ? chunk.includes('\0') : chunk.includes(0)
}

/**
 * Standard output and standard error as a command uses them. Pipes and files are written to as they are, since the
 * streams of Node take a tenth of what a verb takes to start. A reader that went away is no error.
 *
 * @module
 */
import { fstatSync, writeSync } from 'node:fs'
import { EXIT } from './exit-codes.ts'

/** Which of them. */
export type Channel = 'stdout' | 'stderr'

const NUMBERS: Readonly<Record<Channel, number>> = { stdout: 1, stderr: 2 }

/** Bytes that a pipe takes at once. More is left to a stream: Ctrl-C is not heard by what waits for a reader. */
const SHORT = 4096

/** Pipes and files that have no stream yet. */
const plain = new Set<Channel>()

/**
 * Writes, at once or in the order of the calls.
 *
 * @param data at most a few kilobytes, or as much as may be kept in memory until it is taken
 */
export function writeTo(channel: Channel, data: string | Uint8Array): void {
  if (!plain.has(channel) || data.length > SHORT) {
    process[channel].write(data)
    return
  }
  const bytes = Buffer.from(data)
  let written = 0
  try {
    while (written < bytes.length) written += writeSync(NUMBERS[channel], bytes, written)
  } catch (error) {
    const isFull = (error as NodeJS.ErrnoException).code === 'EAGAIN'
    if (isFull) process[channel].write(bytes.subarray(written))
    else end(channel, error as NodeJS.ErrnoException)
  }
}

/** Whether somebody sits in front of it. */
export function isTerminal(channel: Channel): boolean {
  return !plain.has(channel) && process[channel].isTTY
}

/**
 * Ends the command when its output cannot be written: quietly where whoever reads it has read enough, such as `head`.
 */
export function endOnClosedOutput(): void {
  for (const channel of ['stdout', 'stderr'] as const) {
    const descriptor = Object.getOwnPropertyDescriptor(process, channel)
    if (descriptor?.get && isPipeOrFile(channel)) putOff(channel, descriptor)
    else watch(channel)
  }
}

/** Consoles of Windows, and what cannot be told, are left to Node. */
function isPipeOrFile(channel: Channel): boolean {
  if (process.platform === 'win32') return false
  try {
    const stats = fstatSync(NUMBERS[channel])
    return stats.isFIFO() || stats.isFile() || stats.isSocket()
  } catch {
    return false
  }
}

/** Has the stream made when something asks for it; from then on all is written to it. */
function putOff(channel: Channel, descriptor: PropertyDescriptor): void {
  plain.add(channel)
  Object.defineProperty(process, channel, {
    ...descriptor,
    get() {
      plain.delete(channel)
      Object.defineProperty(process, channel, descriptor)
      watch(channel)
      return process[channel]
    },
  })
}

function watch(channel: Channel): void {
  process[channel].on('error', (error: NodeJS.ErrnoException) => {
    end(channel, error)
  })
}

function end(channel: Channel, { code = 'unknown' }: NodeJS.ErrnoException): never {
  if (code === 'EPIPE') process.exit(process.exitCode ?? EXIT.ok)
  // Where this cannot be written either, the exit code tells.
  if (channel === 'stdout') {
    const why = code === 'ENOSPC' ? 'the disk is full' : code
    process.stderr.write(
      `error: The output cannot be written\n  why: ${why}\n  fix: write it to another place\n`,
    )
  }
  process.exit(EXIT.internal)
}

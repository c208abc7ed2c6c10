/**
 * Standard input, which is read once, and the signals that end a command.
 *
 * @module
 */
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-codes.ts'
import { writeTo } from './standard-output.ts'

const END_OF_INPUT = process.platform === 'win32' ? 'Ctrl-Z and Enter' : 'Ctrl-D'

/** Who reads an input. */
const readers = new WeakMap<NodeJS.ReadStream, string>()

/**
 * Claims standard input, which can be read once.
 *
 * @param reader what reads it, for the message when something else does too
 * @param isAsked whether a question at the terminal tells already what is read
 * @throws {@link CommandError} `USAGE`
 */
export function claimInput(reader: string, isAsked = false): NodeJS.ReadStream {
  const { stdin } = process
  const other = readers.get(stdin)
  if (other !== undefined) {
    throw new CommandError('USAGE', `Both ${other} and ${reader} read standard input`, {
      why: 'it can be read once',
      fix: 'put one of them into a file',
    })
  }
  readers.set(stdin, reader)
  // Whoever forgot a file would wait for nothing.
  if (stdin.isTTY && !isAsked)
    writeTo('stderr', `${reader} reads what you type or paste here; end it with ${END_OF_INPUT}\n`)
  return stdin
}

/**
 * All bytes of standard input.
 *
 * @param reader as of {@link claimInput}
 */
export async function readInput(reader: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of claimInput(reader)) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks)
}

/**
 * Ends the command at Ctrl-C and at SIGTERM, also where it is the first process of a container, which signals do not
 * end by themselves. A verb that winds down by itself calls what comes back, and listens itself.
 */
export function endOnSignals(): () => void {
  const interrupt = (): never => process.exit(EXIT.interrupted)
  const terminate = (): never => process.exit(EXIT.terminated)
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', terminate)
  return () => {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', terminate)
  }
}

/**
 * Bytes on standard output: no faster than they are taken, and none to a terminal.
 *
 * @module
 */
import { once } from 'node:events'
import { CommandError } from '../frame/command-error.ts'

/** Writes a piece, and is done when more can be taken. */
export async function writeOut(piece: Uint8Array | string): Promise<void> {
  if (!process.stdout.write(piece)) await once(process.stdout, 'drain')
}

/** @throws {@link CommandError} `USAGE` where standard output is a terminal */
export function assertNoTerminal(): void {
  if (!process.stdout.isTTY) return
  throw new CommandError('USAGE', 'Events are binary, and standard output is a terminal', {
    why: 'they could upset the terminal',
    fix: 'write them to a file with > FILE',
  })
}

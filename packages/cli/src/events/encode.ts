/**
 * `countersign events encode`: makes an event stream of JSON lines.
 *
 * @module
 */
import { readBytes } from '../frame/files.ts'
import { parseEventLines } from './event-lines.ts'
import { assertNoTerminal, writeOut } from './raw-output.ts'

/**
 * Writes the messages. All lines are read before the first is written: of a wrong file comes nothing.
 *
 * @throws {@link CommandError} `FILE_UNREADABLE`, `EVENT_INVALID`; `USAGE` where standard output is a terminal
 */
export async function encodeEventStream(path: string): Promise<void> {
  assertNoTerminal()
  for (const { bytes } of parseEventLines(await readBytes(path, 'events encode'))) await writeOut(bytes)
}

/**
 * `countersign events sign`: prints a request whose body is signed events, and sends nothing.
 *
 * @module
 */
import { signEventStream } from 'countersign/streaming'
import { resolveCredentials } from '../credentials/resolve.ts'
import { readHeaders } from '../curl/headers.ts'
import { CommandError } from '../frame/command-error.ts'
import { readBytes } from '../frame/files.ts'
import type { SigningFlags } from '../frame/options.ts'
import { createOutput } from '../frame/output.ts'
import { isOlder } from '../request/algorithm.ts'
import { formatHead } from '../request/raw-http.ts'
import { resolveScope } from '../request/scope.ts'
import { tellSteps } from '../request/sections.ts'
import { tellWarnings } from '../request/signing-warnings.ts'
import { parseEventLines } from './event-lines.ts'
import { assertNoTerminal, writeOut } from './raw-output.ts'

/** The flags of `events sign`. */
export interface SignFlags extends SigningFlags {
  readonly method: string
  readonly header?: readonly string[] | undefined
  readonly signHeaders?: 'minimal' | 'sdk' | 'all' | readonly string[] | undefined
}

/**
 * Prints the head, each event in the frame that is signed, and the signed end.
 *
 * @throws {@link CommandError} `USAGE`, `FILE_UNREADABLE`, `EVENT_INVALID`
 * @throws {@link SigningError}, {@link CredentialsError}
 */
export async function signEvents(url: string, path: string, flags: SignFlags): Promise<void> {
  const output = createOutput(flags)
  assertRequest(url, flags)
  if (!output.isJson) assertNoTerminal()
  const { method, signHeaders, at } = flags
  const credentials = await resolveCredentials(flags, output)
  const scope = await resolveScope(url, flags, credentials, output)
  const { headers } = await readHeaders(flags.header ?? [], readBytes)
  const lines = parseEventLines(await readBytes(path, 'events sign'))
  const now = (): Date => at ?? new Date()
  const { body, ...head } = signEventStream(
    { method, url, headers, body: lines.map(({ message }) => message) },
    { ...scope, credentials, signHeaders, now },
  )
  tellWarnings(head.warnings, output)
  tellSteps(head, credentials.sessionToken, output)
  const frames: Uint8Array[] = []
  for await (const frame of body) frames.push(frame)
  if (output.isJson) {
    const { headers: all, scope: signedFor, signedHeaders } = head
    const encoded = frames.map((frame) => Buffer.from(frame).toString('base64'))
    const fields = { method, url, headers: all, scope: signedFor, signedHeaders, frames: encoded }
    output.writeJson('events-sign', fields)
    return
  }
  await writeOut(
    formatHead(
      head,
      frames.reduce((length, frame) => length + frame.length, 0),
    ),
  )
  for (const frame of frames) await writeOut(frame)
}

function assertRequest(url: string, { algorithm }: SignFlags): void {
  assertVersion4(algorithm)
  if (!/^wss?:/i.test(url)) return
  throw new CommandError('USAGE', 'A WebSocket opens with no request of its own', {
    why: 'its presigned URL begins the chain of the events',
    fix: `countersign presign '${url.replace(/[?#].*$/s, '')}…'`,
  })
}

/**
 * Refuses what signs no events.
 *
 * @throws {@link CommandError} `USAGE`
 */
export function assertVersion4(algorithm: SigningFlags['algorithm']): void {
  if (!isOlder(algorithm)) return
  throw new CommandError('USAGE', `${algorithm} signs no events`, {
    why: 'their chain came with version 4',
    fix: 'leave out --algorithm, or write --algorithm v4 or v4a',
  })
}

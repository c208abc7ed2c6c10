/**
 * A lock file with what was inferred: for which service, in which region and with which algorithm the requests to a host
 * are signed, and why. Where it is, the same has to be inferred again, and nothing is inferred that is not in it while
 * `CI=true`: whatever runs unattended then signs as somebody has seen it sign.
 *
 * @module
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { CommandError } from '../frame/command-error.ts'
import { reasonOf, unreadable } from '../frame/files.ts'
import type { Output } from '../frame/output.ts'

/** What is inferred of a request, and what a pin may hold. */
type Part = 'service' | 'region' | 'algorithm'

const PARTS: readonly Part[] = ['service', 'region', 'algorithm']

/** Something that was inferred, and from what. */
export interface Inferred {
  readonly what: Part
  readonly value: string
  readonly from: string
}

/** What was inferred for one host, with the reasons. */
type Pin = { readonly [part in Part]?: string } & { readonly why?: Readonly<Record<string, string>> }

const SCHEMA = 'countersign/pin/1'

/**
 * Holds what was inferred against the lock file, and adds to it what is not in there.
 *
 * @param host as the URL has it
 * @returns what the file tells of the host, for what could not be inferred
 * @throws {@link CommandError} `PIN_MISMATCH`, `PIN_MISSING`, `PIN_MALFORMED`, `FILE_UNREADABLE`, `FILE_UNWRITABLE`
 */
export function holdToPin(
  file: string,
  host: string,
  inferred: readonly Inferred[],
  { isUpdated, output }: { readonly isUpdated: boolean; readonly output: Output },
): Pin {
  const { hosts, text } = readPins(file)
  const known = isUpdated ? {} : (hosts.get(host) ?? {})
  for (const { what, value, from } of inferred) {
    const pinned = known[what]
    if (pinned === undefined || pinned === value) continue
    throw new CommandError(
      'PIN_MISMATCH',
      `The ${what} of ${host} is ${value} (from ${from}), and ${placeOf(file, text, host, what)} has ${pinned}`,
      {
        why: 'what is inferred has to be what was pinned',
        fix: `say which one it is, or write the file anew with --pin ${file} --update-pin`,
      },
    )
  }
  const fresh = inferred.filter(({ what }) => known[what] === undefined)
  if (fresh.length === 0) return known
  if (process.env['CI'] === 'true' && !isUpdated) throw missing(file, host, fresh)
  const pin = extend(known, fresh)
  writePins(file, hosts.set(host, pin))
  output.note(`pinned ${fresh.map(({ what, value }) => `${what}=${value}`).join(' ')} of ${host} in ${file}`)
  return pin
}

function extend(known: Pin, fresh: readonly Inferred[]): Pin {
  const parts = PARTS.flatMap((part) => {
    const value = fresh.find(({ what }) => what === part)?.value ?? known[part]
    return value === undefined ? [] : [[part, value] as const]
  })
  const why = { ...known.why, ...Object.fromEntries(fresh.map(({ what, from }) => [what, from])) }
  return { ...Object.fromEntries(parts), why }
}

const list = (names: readonly string[]): string => new Intl.ListFormat('en-GB').format(names)

function missing(file: string, host: string, fresh: readonly Inferred[]): CommandError {
  return new CommandError('PIN_MISSING', `${file} has no ${list(fresh.map(({ what }) => what))} of ${host}`, {
    why: 'CI=true is set, where nothing is inferred that was not pinned before',
    fix: 'run the same once where CI is not set, and keep the file with the sources',
  })
}

interface Pins {
  readonly hosts: Map<string, Pin>
  /** What stands in the file; nothing where there is none. */
  readonly text: string
}

function readPins(file: string): Pins {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { hosts: new Map(), text: '' }
    throw unreadable(file, '--pin', error)
  }
  const hosts = parsePins(text)
  if (hosts) return { hosts, text }
  throw new CommandError('PIN_MALFORMED', `${file} is no lock file`, {
    why: `it is JSON with the schema ${SCHEMA}, and nothing else is written over`,
    fix: 'give another file, or delete this one',
  })
}

function parsePins(text: string): Map<string, Pin> | undefined {
  try {
    const document = JSON.parse(text) as { schema?: unknown; hosts?: unknown } | null
    if (document?.schema !== SCHEMA || !isRecord(document.hosts)) return undefined
    const entries = Object.entries(document.hosts)
    return entries.every(isEntry) ? new Map(entries.filter(isEntry)) : undefined
  } catch {
    return undefined
  }
}

function isEntry(entry: [string, unknown]): entry is [string, Pin] {
  const [, pin] = entry
  return isRecord(pin) && PARTS.every((part) => ['string', 'undefined'].includes(typeof pin[part]))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Hosts stand in their order, so that two files that say the same are the same. */
function writePins(file: string, hosts: ReadonlyMap<string, Pin>): void {
  const sorted = [...hosts].toSorted(([one], [other]) => (one < other ? -1 : 1))
  const document = { schema: SCHEMA, hosts: Object.fromEntries(sorted) }
  const draft = `${file}.${process.pid}`
  try {
    writeFileSync(draft, `${JSON.stringify(document, undefined, 2)}\n`, { flag: 'wx' })
    renameSync(draft, file)
  } catch (cause) {
    rmSync(draft, { force: true })
    throw new CommandError('FILE_UNWRITABLE', `--pin cannot write ${file}`, {
      why: reasonOf(cause, true),
      fix: 'check the folder and who may write there',
      cause,
    })
  }
}

/** `pins.json:5`, where the line can be told. */
function placeOf(file: string, text: string, host: string, part: Part): string {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.trim().startsWith(`${JSON.stringify(host)}:`))
  const line = lines.findIndex((each, index) => index > start && each.trim().startsWith(`"${part}":`))
  return start < 0 || line < 0 ? file : `${file}:${line + 1}`
}

/**
 * What a verb says, and where: data on stdout, everything else on stderr; with `--json` one object on stdout.
 *
 * @module
 */
import { isColorful, paint, type ColorChoice } from './color.ts'
import { isTerminal, writeTo } from './standard-output.ts'

/** Flags that all verbs have. */
export interface OutputFlags {
  readonly json?: boolean | undefined
  /** How often `-v` was given. */
  readonly verbose?: number | undefined
  readonly color?: ColorChoice | undefined
  /** Flags that a file of the configuration sets. */
  readonly settings?: readonly Inference[] | undefined
}

/** Something that was not told and had to be found out, with where it was found. */
export interface Inference {
  readonly what: string
  readonly value: string
  readonly from: string
}

/** Something to know although the command went on. */
export interface Warning {
  readonly code: string
  readonly message: string
}

/** Where a verb puts what it has to say. */
export interface Output {
  readonly isJson: boolean
  readonly verbosity: number
  /** Data, on stdout as it is: no line end is added. */
  write(data: string | Uint8Array): void
  /** Data, too, of which more follows: waits until whoever reads it has taken it. */
  writeAll(data: string): Promise<void>
  /** The one object of `--json`, with its schema, `why` and `warnings`. */
  writeJson(verb: string, fields: object): void
  /** A line for people, on stderr; not with `--json`. */
  note(line: string): void
  /** A provenance line: on stderr at a terminal or with `-v`, in JSON always. */
  infer(what: string, value: string, from: string): void
  /** A line on stderr, or an entry of `warnings` in JSON. */
  warn(code: string, message: string): void
  /** Colours a text for stdout, where that is wanted. */
  paint(text: string, color: 'red' | 'green' | 'yellow'): string
}

/** Makes the output of one run. */
export function createOutput(flags: OutputFlags): Output {
  const { json: isJson = false, verbose: verbosity = 0, color, settings = [] } = flags
  const why: Inference[] = []
  const warnings: Warning[] = []
  const note = (line: string): void => {
    if (!isJson) writeTo('stderr', `${line}\n`)
  }
  const infer: Output['infer'] = (what, value, from) => {
    why.push({ what, value, from })
    if (isTerminal('stderr') || verbosity > 0) note(`${what}=${value} (from ${from})`)
  }
  for (const { what, value, from } of settings) infer(what, value, from)
  return {
    isJson,
    verbosity,
    write(data) {
      writeTo('stdout', data)
    },
    writeAll: (data) =>
      new Promise((resolve) => {
        // A reader that went away ends the command elsewhere.
        process.stdout.write(data, () => {
          resolve()
        })
      }),
    writeJson(verb, fields) {
      const document = { schema: `countersign/${verb}/1`, ...fields, why, warnings }
      writeTo('stdout', `${JSON.stringify(document, undefined, 2)}\n`)
    },
    note,
    infer,
    warn(code, message) {
      warnings.push({ code, message })
      note(`${paint('warning', 'yellow', isColorful('stderr', color))}: ${message}`)
    },
    paint: (text, hue) => paint(text, hue, isColorful('stdout', color)),
  }
}

/**
 * Kinds of values that settings have, each with the sentence that says what it has to be. No sentence repeats a value:
 * it may be a secret at the wrong place.
 *
 * @module
 */
import { z } from 'zod'

/** What is said of a group that is none. */
export const GROUP: string = 'must hold settings, each on a line of its own beneath it'

const TRUTH = 'must be true or false'
const PATH = 'must be the path of a file'
const ORIGIN =
  'must be an http or https URL such as http://127.0.0.1:9000, without credentials, query or fragment'
const UPSTREAM = /^https?:\/\/[^/?#@\\\s]+(?:\/[^?#\\\s]*)?$/i

/** A value that is read from a text; `fault` says what it has to be. */
export function textual<T>(fault: string, parse: (text: string) => T | undefined): z.ZodType<T> {
  return z.union([z.string(fault), z.number(fault)], fault).transform((value, { addIssue }) => {
    const parsed = parse(String(value))
    if (parsed !== undefined) return parsed
    addIssue({ code: 'custom', message: fault })
    return z.NEVER
  })
}

/** A list, or one text with commas. */
export function list(fault: string, isEntry: (entry: string) => boolean): z.ZodType<string[]> {
  return z.union([z.string(fault), z.array(z.string(fault))], fault).transform((value, { addIssue }) => {
    const entries = typeof value === 'string' ? value.split(',').map((entry) => entry.trim()) : value
    for (const [index, entry] of entries.entries()) {
      if (isEntry(entry)) continue
      addIssue({ code: 'custom', message: fault, path: typeof value === 'string' ? [] : [index] })
    }
    return entries
  })
}

/** One of a few words. */
export function oneOf<const T extends string>(...values: readonly T[]): z.ZodType<T> {
  return z.enum(values, `must be one of ${values.join(', ')}`) as z.ZodType<string> as z.ZodType<T>
}

/** `true` or `false`. */
export const truth: z.ZodType<boolean> = z
  .union([z.boolean(TRUTH), z.enum(['true', 'false'], TRUTH)], TRUTH)
  .transform((value) => String(value) === 'true')

/** The path of a file. */
export const path: z.ZodType<string> = z.string(PATH).regex(/^[^\0]+$/, PATH)

/** Scheme, host, port, and a path. */
export const upstream: z.ZodType<URL> = z.string(ORIGIN).transform((text, { addIssue }) => {
  if (UPSTREAM.test(text) && URL.canParse(text)) return new URL(text)
  addIssue({ code: 'custom', message: ORIGIN })
  return z.NEVER
})

/**
 * What a text that somebody pasted says: a request, what a server answered, what was signed. Every form that is read
 * here ends in one of these.
 *
 * @module
 */

import type { Evidence, ObservedAnswer, ObservedRequest } from '../evidence.ts'

/** The forms that are read. */
export type EvidenceForm =
  | 'http'
  | 'curl'
  | 'curl-log'
  | 'fetch'
  | 'har'
  | 'sdk-log'
  | 'url'
  | 'answer'
  | 'error-text'

/** What was found in a text. */
export interface Reading {
  readonly form: EvidenceForm
  /** The request as it was given, before its client made anything of it. */
  readonly request?: ObservedRequest | undefined
  /** The request as it went out, where the text shows that. */
  readonly wire?: ObservedRequest | undefined
  /** What the client says that it signed. */
  readonly signed?: Evidence['signed'] | undefined
  readonly answer?: ObservedAnswer | undefined
  /** What a line of curl is told to sign for, where it signs by itself. */
  readonly signing?:
    | { readonly accessKeyId: string; readonly region: string; readonly service: string }
    | undefined
  /** A key that stood in the text, such as behind curl's `--user`. It is a secret: not to be shown or kept. */
  readonly credentials?: ReadCredentials | undefined
  /** What had to be left out or was taken otherwise than it stands, in whole sentences. */
  readonly notes: readonly string[]
}

/** A key that stood in a text. */
export interface ReadCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

/** Reads files that a curl line names; `undefined` for one that cannot be had. */
export type FileReader = (path: string) => Uint8Array | undefined

/** How to read. */
export interface ReadOptions {
  /** For `@file` in a line of curl. Without it such a body is not known. */
  readonly readFile?: FileReader | undefined
}

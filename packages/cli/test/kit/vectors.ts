/**
 * The project's own vectors, which botocore and the AWS Common Runtime signed.
 *
 * @module
 */
import { readFileSync } from 'node:fs'

/** A request that was signed. */
export interface OwnRequest {
  readonly name: string
  readonly method: string
  readonly url: string
  readonly service: string
  readonly region: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string
  readonly isTemporary?: boolean
}

/** What came out. */
export interface Answer {
  readonly name: string
  readonly authorization: string
  /** Target of the presigned URL. */
  readonly presigned?: string
}

/** The instant of all of them. */
export const AT = '20261122T123456Z'

/** The requests. */
export const REQUESTS: readonly OwnRequest[] = read<{ requests: OwnRequest[] }>('requests.json').requests

/** The answers of one signer. */
export function answersOf(signer: 'botocore' | 'crt'): readonly Answer[] {
  return read<{ cases: Answer[] }>(`${signer}.json`).cases
}

function read<T>(file: string): T {
  return JSON.parse(
    readFileSync(new URL(`../../../../test/vectors/own/${file}`, import.meta.url), 'utf8'),
  ) as T
}

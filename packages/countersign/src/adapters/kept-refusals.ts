/**
 * A signed `fetch` for clients that are built on `fetch` and throw an error of their own: it keeps what AWS said of
 * each response, for that error.
 *
 * @module
 */
import type { AwsError } from '../answers/aws-error.ts'
import type { SignerOptions } from '../sign/sign-any-body.ts'
import type { AnySigner } from './any-signer.ts'
import { createSignedFetch, type SignedFetch, type SignedFetchOptions } from './fetch.ts'

/** Options of adapters that are built on `fetch`. */
export type FetchClientOptions = Omit<SignedFetchOptions, 'throwOnError'>

/** A signed `fetch` with what it has kept. */
export interface RefusalKeeper {
  readonly fetch: SignedFetch
  /** Sets `cause` of an error that has a refused `response`; hands on the same error. */
  attach(error: unknown): unknown
}

/** Makes a signed `fetch` that keeps refusals as long as their responses live. */
export function keepRefusals(
  signer: AnySigner | SignerOptions,
  options: FetchClientOptions = {},
): RefusalKeeper {
  const refusals = new WeakMap<object, AwsError>()
  const send = createSignedFetch(signer, { ...options, throwOnError: false })
  return {
    async fetch(input, init) {
      const response = await send(input, init)
      if (response.status >= 400) {
        // The client reads the body, and then it is gone.
        const { readAwsError } = await import('../answers/aws-error.ts')
        refusals.set(response, await readAwsError(response))
      }
      return response
    },
    attach(error) {
      if (!(error instanceof Error) || !('response' in error)) return error
      const cause = refusals.get(Object(error.response) as object)
      return cause ? Object.assign(error, { cause }) : error
    },
  }
}

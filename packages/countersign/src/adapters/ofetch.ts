/**
 * ofetch that signs, with everything that it can do.
 *
 * ```js
 * import { ofetch } from 'ofetch'
 * import { createSignedOfetch } from 'countersign/adapters/ofetch'
 *
 * const api = createSignedOfetch(ofetch, { credentials })
 * const note = await api('https://a1b2c3.execute-api.eu-west-1.amazonaws.com/notes/1')
 * ```
 *
 * @module
 */
import type { SignerOptions } from '../sign/sign-any-body.ts'
import type { AnySigner } from './any-signer.ts'
import { keepRefusals, type FetchClientOptions } from './kept-refusals.ts'

export type { FetchClientOptions } from './kept-refusals.ts'

/** As much of ofetch as is needed here. */
export interface OfetchLike {
  (request: string, options?: object): Promise<unknown>
  raw(request: string, options?: object): Promise<unknown>
  create(defaults: object, globals?: object): unknown
}

type Call = (...args: readonly unknown[]) => Promise<unknown>

/**
 * Makes an instance of ofetch that signs, of the same type. What `create` makes of it signs, too.
 *
 * Attempts are made by the loop of all adapters, each signed anew, so ofetch's own `retry` is off unless it is set;
 * what it repeats is signed anew as well. The {@link AwsError} of a refusal is the `cause` of ofetch's `FetchError`.
 *
 * @param ofetch an instance, with whatever defaults it has
 * @param signer what signs, or the options of one: `{ credentials, service?, region? }`
 * @throws from the instance: ofetch's `FetchError`, with the {@link SigningError} of what the signer refuses as its
 *   `cause`; that is `TRANSPORT_WOULD_ALTER` for paths that `fetch` would change
 */
export function createSignedOfetch<F extends OfetchLike>(
  ofetch: F,
  signer: AnySigner | SignerOptions,
  options: FetchClientOptions = {},
): F {
  const keeper = keepRefusals(signer, options)
  const globals = { fetch: keeper.fetch }

  async function attach(pending: Promise<unknown>): Promise<unknown> {
    try {
      return await pending
    } catch (error) {
      keeper.attach(error)
      throw error
    }
  }

  function wrap(instance: F): F {
    return new Proxy(instance, {
      apply: async (target, self, args: unknown[]) => attach(Reflect.apply(target as Call, self, args)),
      get(target, name) {
        if (name === 'raw') return async (...args: unknown[]) => attach((target.raw as Call)(...args))
        if (name === 'create') {
          return (defaults: object, given?: object) =>
            wrap(target.create(defaults, { ...given, ...globals }) as F)
        }
        return Reflect.get(target, name) as unknown
      },
    })
  }
  return wrap(ofetch.create({ retry: false }, globals) as F)
}

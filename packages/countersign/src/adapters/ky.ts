/**
 * ky that signs: 1 and 2, with everything that they can do.
 *
 * ```js
 * import ky from 'ky'
 * import { createSignedKy } from 'countersign/adapters/ky'
 *
 * const api = createSignedKy(ky, { credentials })
 * const queues = await api.get('https://sqs.eu-west-1.amazonaws.com/?Action=ListQueues').text()
 * ```
 *
 * @module
 */
import { decodeUri, encodeUnsendable } from '../core/uri-encoding.ts'
import { SigningError } from '../errors.ts'
import type { Body } from '../sign/http-request.ts'
import { isStream } from '../sign/read-body.ts'
import { readUrl } from '../sign/read-url.ts'
import type { SignerOptions } from '../sign/sign-any-body.ts'
import type { AnySigner } from './any-signer.ts'
import { keepRefusals, type FetchClientOptions } from './kept-refusals.ts'

export type { FetchClientOptions } from './kept-refusals.ts'

/** As much of ky as is needed here. */
export interface KyLike {
  (input: string, options?: object): unknown
  extend(defaults: object): unknown
  create(defaults?: object): unknown
}

interface CallOptions {
  readonly fetch?: unknown
  readonly body?: unknown
}

type Call = (input: unknown, options?: CallOptions) => unknown

/** What is known of a request before ky makes a `Request` of it: ky hands an option that it does not know to `fetch`. */
const KNOWN = 'countersign'
interface Known {
  readonly [KNOWN]?: { readonly isStreamed: boolean; readonly refusal: SigningError | undefined }
}

const METHODS: ReadonlySet<unknown> = new Set(['get', 'post', 'put', 'patch', 'head', 'delete'])

/**
 * Makes an instance of ky that signs, of the same type. What `extend` and `create` make of it signs, too.
 *
 * Attempts are made by the loop of all adapters, each signed anew, so ky's own `retry` is 0 unless it is set; what it
 * repeats is signed anew as well. The {@link AwsError} of a refusal is the `cause` of ky's `HTTPError`.
 *
 * @param ky an instance, with whatever defaults it has
 * @param signer what signs, or the options of one: `{ credentials, service?, region? }`
 * @throws from the instance: {@link SigningError} what the signer refuses; `TRANSPORT_WOULD_ALTER` for a URL whose path
 *   ky would change before it is signed, such as one with dot segments; `OPTION_INVALID` for a `fetch` of a single
 *   request, which would not sign
 */
export function createSignedKy<K extends KyLike>(
  ky: K,
  signer: AnySigner | SignerOptions,
  options: FetchClientOptions = {},
): K {
  const keeper = keepRefusals(signer, options)
  const always = {
    async fetch(request: Request, { [KNOWN]: known }: Known = {}): Promise<Response> {
      if (known?.refusal) throw known.refusal
      // Every body of a Request is a stream; one that was given as such is not read, but signed as streams are.
      const init = { body: request.body, duplex: 'half' }
      return keeper.fetch(request, known?.isStreamed ? init : undefined)
    },
  }
  const own = {
    ...always,
    retry: 0,
    // ky 1 hands over the error, ky 2 an object with it; either takes it back.
    hooks: {
      beforeError: [
        (given: Error | { error: Error }) => keeper.attach('error' in given ? given.error : given),
      ],
    },
  }

  const call = (target: Call, self: unknown, [input, given]: Parameters<Call>): unknown => {
    const known = { isStreamed: isStream(given?.body as Body), refusal: refusalOf(input, given) }
    const replaced = given?.fetch === undefined ? {} : always
    return Reflect.apply(target, self, [input, { ...given, ...replaced, [KNOWN]: known }])
  }

  function wrap(instance: K): K {
    return new Proxy(instance, {
      apply: (target, self, args: Parameters<Call>) => call(target as Call, self, args),
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        if (METHODS.has(name)) return (...args: Parameters<Call>) => call(value as Call, target, args)
        if (name === 'extend') return (defaults: object) => wrap(extend(target.extend(defaults), always))
        if (name === 'create') {
          return (defaults: object = {}) => wrap(extend(extend(target.create(own), defaults), always))
        }
        return value
      },
    })
  }
  const extend = (instance: unknown, defaults: object): K => (instance as K).extend(defaults) as K
  return wrap(extend(ky, own))
}

function refusalOf(input: unknown, options: CallOptions = {}): SigningError | undefined {
  if (options.fetch !== undefined) {
    return new SigningError(
      'OPTION_INVALID',
      'fetch of a single request would not sign; give it to createSignedKy',
    )
  }
  return typeof input === 'string' && isAltered(input)
    ? new SigningError(
        'TRANSPORT_WOULD_ALTER',
        'ky would ask for another path than this one; use node:http or undici for this request',
      )
    : undefined
}

/** ky makes a `Request` of a text, which takes dot segments out of the path and turns backslashes, before it is signed. */
function isAltered(input: string): boolean {
  const url = /^[a-z][a-z\d+.-]*:/i.test(input) ? input : `http://localhost/${input.replace(/^\/+/, '')}`
  return (
    URL.canParse(url) && decodeUri(new URL(url).pathname) !== decodeUri(encodeUnsendable(readUrl(url).path))
  )
}

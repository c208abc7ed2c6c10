/**
 * The last signature that gateway or proxy refused, or that an upstream refused of theirs: for `/debug/last` and for
 * `countersign explain last`.
 *
 * @module
 */
import type { RefusalKeeper, RefusedExchange } from '@countersign/gateway'

/** Milliseconds between two files: whoever is refused often costs no more. The first one is written at once. */
const INTERVAL = 2000
/** What is searched meanwhile: some twenty milliseconds, or fifty with SigV4A. Whoever asks for the last refusal gets all of it. */
const LIMITS = { candidates: 500, bodyBytes: 64 * 1024 }

/**
 * Makes what keeps it. The explanation, which takes memory and time, is made when there is something to explain.
 *
 * @param by the verb that serves
 */
export function createRefusalKeeper(by: 'gateway' | 'proxy'): RefusalKeeper & { flush(): Promise<void> } {
  let latest: RefusedExchange | undefined
  let kept: RefusedExchange | undefined
  let timer: NodeJS.Timeout | undefined
  let keptAt = -INTERVAL

  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (!latest || latest === kept) return
    const refused = latest
    kept = refused
    keptAt = performance.now()
    try {
      const [{ describeRefused }, { keepLast }] = await load()
      keepLast(await describeRefused(refused, by, LIMITS))
    } catch {
      // What cannot be explained stops nobody.
    }
  }

  return {
    note(refused) {
      latest = refused
      timer ??= setTimeout(() => void flush(), keptAt + INTERVAL - performance.now()).unref()
    },
    async describe() {
      if (!latest) return undefined
      const [{ describeRefused }] = await load()
      return await describeRefused(latest, by)
    },
    flush,
  }
}

function load(): Promise<
  [typeof import('./describe-refused.ts'), typeof import('../explain/last-refusal.ts')]
> {
  return Promise.all([import('./describe-refused.ts'), import('../explain/last-refusal.ts')])
}

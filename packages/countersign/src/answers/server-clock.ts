/**
 * What time it is at servers whose clock is not this computer's: learnt from their refusals, kept for each host.
 *
 * ```ts
 * const clock = createServerClock()
 * const signer = createSigner({ credentials, now: clock.now }) // its presigned URLs are right, too
 * const signedFetch = createSignedFetch(signer, { clock })
 * const { token } = createRdsToken({ …, date: clock.now('sqs.eu-west-1.amazonaws.com') })
 * ```
 *
 * @module
 */

/** Clocks of servers, for any number of signers, clients and concurrent requests. */
export interface ServerClock {
  /** The time at a host, as far as it is known; else this computer's. May be passed on by itself. */
  readonly now: (host?: string) => Date
  /** How far a host's clock is ahead of this computer's, in seconds; 0 when nothing is known of it. */
  offset(host: string): number
  /** Remembers what time it is at a host now; without a time, forgets what was known. */
  set(host: string, serverTime: Date | undefined): void
}

/** Makes clocks; those of the hosts that were set last are kept, 1,000 by default. */
export function createServerClock({ maxHosts = 1000 }: { readonly maxHosts?: number } = {}): ServerClock {
  const offsets = new Map<string, number>()
  const offsetOf = (host: string): number => offsets.get(host.toLowerCase()) ?? 0
  return {
    now: (host = '') => new Date(Date.now() + offsetOf(host) * 1000),
    offset: offsetOf,
    set(host, serverTime) {
      const key = host.toLowerCase()
      offsets.delete(key)
      if (!serverTime) return
      offsets.set(key, (serverTime.getTime() - Date.now()) / 1000)
      const [oldest = ''] = offsets.keys()
      if (offsets.size > maxHosts) offsets.delete(oldest)
    },
  }
}

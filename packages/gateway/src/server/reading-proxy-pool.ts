/**
 * Connections to a proxy that reads plain requests: it gets their whole URL, and learns from that where they go. What
 * becomes of a connection after an upgrade is nothing for it to read, and goes through a tunnel.
 *
 * @module
 */
import type { Dispatcher } from 'undici'
import type { OutgoingProxy } from './outgoing-proxy.ts'

/** The connections of a route. */
export type UpstreamPool = Pick<Dispatcher, 'dispatch' | 'destroy'>

/** The connections of a route through such a proxy. */
export class ReadingProxyPool implements UpstreamPool {
  readonly #origin: string
  readonly #own: readonly string[]
  readonly #readers: UpstreamPool
  readonly #tunnels: UpstreamPool

  /**
   * @param readers connections to the proxy
   * @param tunnels connections through it
   */
  constructor({ authorization }: OutgoingProxy, upstream: URL, readers: UpstreamPool, tunnels: UpstreamPool) {
    this.#origin = upstream.origin
    this.#own = authorization === undefined ? [] : ['proxy-authorization', authorization]
    this.#readers = readers
    this.#tunnels = tunnels
  }

  dispatch(message: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (message.upgrade) return this.#tunnels.dispatch(message, handler)
    // Headers are lists of names and values in turn wherever messages are made.
    const headers = [...((message.headers ?? []) as string[]), ...this.#own]
    return this.#readers.dispatch({ ...message, path: this.#origin + message.path, headers }, handler)
  }

  async destroy(): Promise<void> {
    await Promise.all([this.#readers.destroy(), this.#tunnels.destroy()])
  }
}

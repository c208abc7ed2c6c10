/**
 * The connections of a server: which of them are in the middle of something when it stops.
 *
 * @module
 */
import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Knows the connections of a server that have no request under way, those that never sent anything among them. */
export class Connections {
  readonly #idle = new Set<Socket>()
  readonly #upgraded = new Set<Socket>()
  #isClosing = false

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#idle.add(socket)
      socket.once('close', () => this.#idle.delete(socket))
    })
  }

  /** Keeps a connection that speaks another protocol until it ends. */
  holdUpgraded(socket: Socket): void {
    this.#idle.delete(socket)
    this.#upgraded.add(socket)
    socket.once('close', () => this.#upgraded.delete(socket))
  }

  /** Keeps a connection until its response has gone out. */
  hold(socket: Socket, response: ServerResponse): void {
    this.#idle.delete(socket)
    if (this.#isClosing) response.shouldKeepAlive = false
    response.once('close', () => {
      if (this.#isClosing) socket.destroySoon()
      else if (!socket.destroyed) this.#idle.add(socket)
    })
  }

  /** Closes those that speak another protocol by now, which no server counts among its own. */
  closeUpgraded(): void {
    for (const socket of this.#upgraded) socket.destroy()
  }

  /** Closes what is idle now, and the others as soon as they are. */
  closeIdle(): void {
    this.#isClosing = true
    for (const socket of this.#idle) socket.destroySoon()
  }
}

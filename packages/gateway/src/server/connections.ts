/**
 * The connections of a server: which of them are in the middle of something when it stops.
 *
 * @module
 */
import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Server as TlsServer, type TLSSocket } from 'node:tls'

/** Knows the connections of a server that have no request under way, those that never sent anything among them. */
export class Connections {
  readonly #idle = new Set<Socket>()
  readonly #upgraded = new Set<Socket>()
  /** Those that have not agreed on TLS yet, by their other ends. */
  readonly #greeting = new Map<string, Socket>()
  #isClosing = false

  constructor(server: Server) {
    const isTls = server instanceof TlsServer
    server.on(isTls ? 'secureConnection' : 'connection', (socket: Socket & Partial<TLSSocket>) => {
      this.#greeting.delete(nameOf(socket))
      // Those have many requests under way, and are looked after by whoever speaks it.
      if (socket.alpnProtocol === 'h2') return
      this.#idle.add(socket)
      socket.once('close', () => this.#idle.delete(socket))
      // Its handshake was under way.
      if (this.#isClosing) socket.destroySoon()
    })
    if (isTls) server.on('connection', (socket: Socket) => this.#greet(socket))
  }

  #greet(socket: Socket): void {
    const name = nameOf(socket)
    this.#greeting.set(name, socket)
    socket.once('close', () => this.#greeting.delete(name))
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
    for (const socket of this.#greeting.values()) socket.destroy()
    for (const socket of this.#idle) socket.destroySoon()
  }
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

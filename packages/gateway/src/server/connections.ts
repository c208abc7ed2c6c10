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
  /** The answers that each still owes. */
  readonly #underWay = new Map<Socket, Set<ServerResponse>>()
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
      this.#underWay.set(socket, new Set())
      socket.once('close', () => this.#forget(socket))
      // Its handshake was under way.
      if (this.#isClosing) socket.destroySoon()
    })
    if (isTls) server.on('connection', (socket: Socket) => this.#greet(socket))
  }

  #forget(socket: Socket): void {
    const responses = this.#underWay.get(socket) ?? []
    this.#underWay.delete(socket)
    // Node tells the first of them alone that its client is gone.
    for (const response of responses) if (!response.socket) response.destroy().emit('close')
  }

  #greet(socket: Socket): void {
    const name = nameOf(socket)
    this.#greeting.set(name, socket)
    socket.once('close', () => this.#greeting.delete(name))
  }

  /**
   * Keeps a connection that is to speak another protocol until it ends.
   *
   * @returns whether it may: one whose earlier requests wait for their answers ends with the last of those
   */
  holdUpgraded(socket: Socket): boolean {
    this.#upgraded.add(socket)
    socket.once('close', () => this.#upgraded.delete(socket))
    // Node does not listen to it any more, and would end the process.
    socket.on('error', () => {})
    const isFree = this.#underWay.get(socket)?.size === 0
    if (isFree) this.#underWay.delete(socket)
    return isFree
  }

  /** Keeps a connection until its response has gone out. */
  hold(socket: Socket, response: ServerResponse): void {
    if (this.#isClosing) response.shouldKeepAlive = false
    const responses = this.#underWay.get(socket)?.add(response)
    response.once('close', () => {
      responses?.delete(response)
      if (responses?.size === 0 && (this.#isClosing || this.#upgraded.has(socket))) socket.destroySoon()
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
    for (const [socket, { size }] of this.#underWay) if (size === 0) socket.destroySoon()
  }
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

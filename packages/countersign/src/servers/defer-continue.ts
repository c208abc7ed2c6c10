/**
 * Uploads that ask before they send their body (`Expect: 100-continue`), on Node's servers.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1}
 * @module
 */

/** What is needed of Node's `IncomingMessage` or `Http2ServerRequest`. */
export interface WaitingRequest {
  _read(size: number): void
}

/** What is needed of Node's `ServerResponse` or `Http2ServerResponse`. */
export interface ContinuingResponse {
  readonly headersSent: boolean
  writeContinue(): unknown
}

/** What is needed of a server of Node's `http`, `https` or `http2`. */
export interface ContinuingServer {
  on(
    event: 'checkContinue',
    listener: (request: WaitingRequest, response: ContinuingResponse) => void,
  ): unknown
  emit(event: 'request', request: WaitingRequest, response: ContinuingResponse): boolean
}

/**
 * Has a server tell a client that waits with its body to go on when somebody begins to read it, and not before: what a
 * guard refuses on its head is then never sent. By itself Node tells everybody to go on at once.
 *
 * ```ts
 * deferContinue(server)
 * ```
 *
 * The server's listeners get such requests like all others.
 */
export function deferContinue(server: ContinuingServer): void {
  server.on('checkContinue', (request, response) => {
    // oxlint-disable no-underscore-dangle -- the name is Node's
    const read = request._read.bind(request)
    request._read = (size) => {
      request._read = read
      if (!response.headersSent) response.writeContinue()
      read(size)
    }
    // oxlint-enable no-underscore-dangle
    server.emit('request', request, response)
  })
}

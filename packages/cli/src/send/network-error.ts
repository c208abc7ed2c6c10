/**
 * What went wrong with a connection, told apart: the name, the connection, TLS, the time, or an answer that broke off.
 *
 * @module
 */
import { CommandError } from '../frame/command-error.ts'
import { EXIT } from '../frame/exit-codes.ts'
import { FileChangedError } from './request-body.ts'

/** Kinds of network errors, by the code that they are reported with. */
type Kind = 'NETWORK_DNS' | 'NETWORK_CONNECT' | 'NETWORK_TLS' | 'NETWORK_TIMEOUT' | 'NETWORK_BROKEN'

const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/^ENOTFOUND$|^EAI_/, 'NETWORK_DNS'],
  [/^UND_ERR_CONNECT_TIMEOUT$|^ETIMEDOUT$|^TIMEOUT$/, 'NETWORK_TIMEOUT'],
  [
    /^ECONNREFUSED$|^EHOSTUNREACH$|^ENETUNREACH$|^EADDRNOTAVAIL$|^EHOSTDOWN$|^PROXY_REFUSED$/,
    'NETWORK_CONNECT',
  ],
  [
    /^ERR_TLS|^ERR_SSL|^ERR_OSSL|CERT|^EPROTO$|^UNABLE_TO|^HOSTNAME_MISMATCH$|^UND_ERR_PRX_TLS$/,
    'NETWORK_TLS',
  ],
  [
    /^ECONNRESET$|^EPIPE$|^ECONNABORTED$|^UND_ERR_(?:SOCKET|ABORTED|INFO|HEADERS|BODY|RES_|REQ_|DESTROYED|CLOSED)|^HPE_/,
    'NETWORK_BROKEN',
  ],
]

const SAYINGS: ReadonlyMap<Kind, readonly [what: string, fix: string]> = new Map([
  ['NETWORK_DNS', ['has no address', 'check the host name and the connection to the network']],
  ['NETWORK_CONNECT', ['takes no connection', 'check host, port and proxy; -v shows where it went']],
  ['NETWORK_TLS', ['cannot be trusted', 'name its certificate authority with --cacert FILE']],
  ['NETWORK_TIMEOUT', ['did not answer in time', 'try again, with --retry 3 or a longer --max-time']],
  ['NETWORK_BROKEN', ['broke the connection off', 'try again, with --retry 3']],
])

/** A proxy answered something else than that it would pass bytes on. */
export class ProxyRefusedError extends Error {
  readonly code = 'PROXY_REFUSED'

  constructor(status: number) {
    super(
      `the proxy answered ${status}${status === 407 ? ': it wants a user and a password in its URL' : ''}`,
    )
    this.name = 'ProxyRefusedError'
  }
}

/**
 * The error to end with, for anything that sending threw.
 *
 * @param place host and port, for the message
 */
export function describeNetworkError(error: unknown, place: string): unknown {
  if (error instanceof CommandError) return error
  if (error instanceof FileChangedError) {
    return new CommandError('FILE_UNREADABLE', error.message, {
      why: 'it was signed as it was before',
      fix: 'send it again when nobody writes to it',
    })
  }
  if (!(error instanceof Error)) return error
  const code = codeOf(error)
  const kind = KINDS.find(([pattern]) => pattern.test(code))?.[1]
  const [what, fix] = SAYINGS.get(kind ?? 'NETWORK_BROKEN') ?? []
  if (kind === undefined || what === undefined || fix === undefined) return error
  return new CommandError(kind, `${place} ${what}`, {
    exitCode: EXIT.network,
    why: `${code}: ${error.message.split('\n', 1)[0]}`,
    fix,
    cause: error,
  })
}

function codeOf(error: Error & { code?: unknown }): string {
  if (error.name === 'TimeoutError') return 'TIMEOUT'
  if (typeof error.code === 'string') return error.code
  // Not each of the parser's errors has a code.
  return error.name === 'HTTPParserError' ? 'HPE_INVALID' : ''
}

/** Whether an error is one of the network's, so that sending again may help. */
export function isNetworkError(error: unknown): boolean {
  return error instanceof CommandError && error.exitCode === EXIT.network
}

/**
 * A request whose signature was refused, with all that there is to find out why: that of a client, by us, or ours, by
 * an upstream. It holds secrets, and is for whoever explains it.
 *
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { Credentials, KeyCredentials } from 'countersign'
import type { Evidence, HeaderField } from 'countersign/explain'
import { VerificationError } from 'countersign/verify'
import type { KeySource } from './authenticate.ts'
import { dialectOf } from './dialect.ts'
import { protocolOf, type Exchange } from './exchange.ts'

/** A refused signature. */
export interface RefusedExchange {
  readonly refusedBy: 'gateway' | 'upstream'
  readonly at: Date
  /** Of the line in the log. */
  readonly requestId: string
  /** Code of the refusal: the verifier's or, of an upstream, AWS's. */
  readonly cause: string
  readonly url: string
  readonly evidence: Evidence
  /** Finds what the request was signed with, or should have been; `undefined` where that is not known. */
  credentials(): Credentials | KeyCredentials | undefined
}

/** Is told of refused signatures, and what it keeps of the last one can be asked for. */
export interface RefusalKeeper {
  /** Is called in the middle of an exchange, and has to be quick. */
  note(refused: RefusedExchange): void
  /** The last one, with its explanation and without secrets; `undefined` where there was none. */
  describe(): Promise<object | undefined>
}

/** Tells a keeper of refused signatures. */
export class RefusalNotes {
  readonly #keeper: RefusalKeeper
  readonly #context: RefusalContext

  constructor(keeper: RefusalKeeper, context: RefusalContext) {
    this.#keeper = keeper
    this.#context = context
  }

  /** Notes a client's, where that is what an exchange failed for. */
  client(exchange: Exchange, error: unknown): void {
    if (error instanceof VerificationError) this.#keeper.note(refusedClient(exchange, error, this.#context))
  }

  /** Notes one of ours, where an upstream refused it. */
  upstream(exchange: Exchange): void {
    const refused = refusedByUpstream(exchange)
    if (refused) this.#keeper.note(refused)
  }
}

/** What a refusal here is told with. */
interface RefusalContext {
  /** Services whose dialects are spoken. */
  readonly services: readonly string[]
  readonly keys: KeySource | undefined
}

function refusedClient(
  { request, requestId }: Exchange,
  error: VerificationError,
  { services, keys }: RefusalContext,
): RefusedExchange {
  const { method = '', url: target = '/', rawHeaders } = request
  const { host = '' } = request.headers
  const protocol = protocolOf(request)
  // The operator is told all that a client would be told at most.
  const answer = dialectOf(target, rawHeaders, services).refusal(error, { requestId, echo: 'full' })
  const { status, headers, body } = answer
  return {
    refusedBy: 'gateway',
    at: new Date(),
    requestId,
    cause: error.code,
    url: target.startsWith('/') ? `${protocol}://${host}${target}` : target,
    evidence: {
      request: { method, target, headers: pairsOf(rawHeaders), protocol, host },
      answer: { status, headers, body: Buffer.from(body) },
    },
    credentials: () => findKey(keys, [target, ...rawHeaders]),
  }
}

/** A request of ours whose signature an upstream refused. */
function refusedByUpstream({ requestId, signed }: Exchange): RefusedExchange | undefined {
  if (!signed?.refusal) return undefined
  const { message, credentials, status, headers, body: document } = signed.refusal
  const { method, path: target, steps, scheme } = message
  const { host } = signed.target
  const body = message.body instanceof Uint8Array ? message.body : undefined
  return {
    refusedBy: 'upstream',
    at: new Date(),
    requestId,
    cause: signed.cause ?? 'unknown',
    url: `${scheme}://${host}${target}`,
    evidence: {
      request: { method, target, headers: pairsOf(message.headers), protocol: scheme, host, body },
      signed: steps,
      answer: { status, headers: listOf(headers), body: document },
    },
    credentials: () => credentials,
  }
}

const KEY_ID = /\bCredential=([\w.+=-]{1,128})(?:\/|%2F)/i

/** The key that a request names, as we have it. */
function findKey(keys: KeySource | undefined, texts: readonly string[]): Credentials | undefined {
  const accessKeyId = texts.map((text) => KEY_ID.exec(text)?.[1]).find((id) => id !== undefined)
  const { secretAccessKey } = (accessKeyId !== undefined && keys?.find(accessKeyId)) || {}
  const secret = Array.isArray(secretAccessKey) ? secretAccessKey[0] : secretAccessKey
  return accessKeyId === undefined || secret === undefined
    ? undefined
    : { accessKeyId, secretAccessKey: secret }
}

function pairsOf(raw: readonly string[]): HeaderField[] {
  const pairs: HeaderField[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([raw[i]!, raw[i + 1]!])
  return pairs
}

function listOf(headers: IncomingHttpHeaders): HeaderField[] {
  return Object.entries(headers).flatMap(([name, value = '']) =>
    (Array.isArray(value) ? value : [value]).map((each): HeaderField => [name, each]),
  )
}

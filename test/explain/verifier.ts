/**
 * A server that serves one service in one region, by our own verifier, for refusals that hang on who is asked and when.
 *
 * @module
 */
import type { ObservedAnswer, ObservedRequest } from '../../packages/countersign/src/explain/index.ts'
import {
  apiGateway,
  awsJson,
  createVerifier,
  queryXml,
  restJson,
  s3Xml,
  sigV4,
  VerificationError,
  type Found,
  type RequestMessage,
} from '../../packages/countersign/src/verify/index.ts'
import { sigV4A } from '../../packages/countersign/src/sigv4a.ts'
import { KEY_ID, NOW, SECRET } from './wrong-signer.ts'

const DIALECTS = { s3Xml, awsJson, queryXml, restJson, apiGateway }

/** What the server is like. */
export interface ServerOptions {
  readonly service?: string
  readonly region?: string
  readonly secrets?: (accessKeyId: string) => Found | undefined
  readonly now?: Date
  readonly dialect?: keyof typeof DIALECTS
  /** What the server's front writes as the time of the answer. */
  readonly date?: Date
}

/** Sends a request; throws when it is let in, since then there is nothing to explain. */
export async function refuse(request: ObservedRequest, options: ServerOptions = {}): Promise<ObservedAnswer> {
  const { service = 's3', region = 'us-east-1', now = NOW, dialect = 's3Xml', date } = options
  const own = (id: string): Found | undefined => (id === KEY_ID ? { secretAccessKey: SECRET } : undefined)
  const verifier = createVerifier({
    secrets: options.secrets ?? own,
    service,
    region,
    algorithms: [sigV4, sigV4A],
    now: () => now,
  })
  const { method, target, headers, body, protocol } = request
  const message = {
    method,
    target,
    headers,
    ...(body && { body }),
    ...(protocol && { protocol }),
  } as RequestMessage
  try {
    const { body: verified } = await verifier.verify(message)
    if (verified) for await (const _ of verified) continue
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    const answer = DIALECTS[dialect](error)
    const added: [string, string][] = date ? [['date', date.toUTCString()]] : []
    return { status: answer.status, headers: [...answer.headers, ...added], body: Buffer.from(answer.body) }
  }
  throw new Error('The request was let in')
}

/** An answer in AWS's words, for what AWS alone answers. */
export function saying(
  status: number,
  code: string,
  message: string,
  { elements = {}, headers = [] }: { elements?: Record<string, string>; headers?: [string, string][] } = {},
): ObservedAnswer {
  const more = Object.entries(elements).map(([name, text]) => `<${name}>${text}</${name}>`)
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${more.join('')}<RequestId>R</RequestId></Error>`
  return { status, headers, body: Buffer.from(body) }
}

/** The same from a service with JSON. */
export function sayingJson(status: number, code: string | undefined, message: string): ObservedAnswer {
  const body = JSON.stringify(code === undefined ? { message } : { __type: code, message })
  return { status, headers: [], body: Buffer.from(body) }
}

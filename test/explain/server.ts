/**
 * A server that refuses: our own verifier, answering with the error documents of AWS.
 *
 * @module
 */
import type { ObservedAnswer, ObservedRequest } from '../../packages/countersign/src/explain/index.ts'
import {
  awsJson,
  createVerifier,
  queryXml,
  s3Xml,
  sigV4,
  VerificationError,
} from '../../packages/countersign/src/verify/index.ts'
import { sigV4A } from '../../packages/countersign/src/sigv4a.ts'
import { KEY_ID, NOW, SECRET } from './wrong-signer.ts'

const DIALECTS = { s3Xml, awsJson, queryXml }

/** How the server writes its refusals. */
export type Dialect = keyof typeof DIALECTS

/** Sends a request to the verifier; `undefined` when it lets the request in. */
export async function refusalOf(
  { method, target, headers, body, protocol = 'https' }: ObservedRequest,
  { dialect = 's3Xml', isEchoed = true }: { dialect?: Dialect; isEchoed?: boolean } = {},
): Promise<ObservedAnswer | undefined> {
  const verifier = createVerifier({
    secrets: (accessKeyId) => (accessKeyId === KEY_ID ? { secretAccessKey: SECRET } : undefined),
    service: ['s3', 'execute-api', 'bedrock', 'aoss', 'sts', 'lambda'],
    region: '*',
    algorithms: [sigV4, sigV4A],
    now: () => NOW,
  })
  const message = { method, target, headers, protocol, ...(body && { body }) }
  try {
    const verified = await verifier.verify(message)
    // Bodies in chunks are checked as they are read.
    for await (const chunk of verified.body ?? []) if (chunk.length === 0) break
    return undefined
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    const answer = DIALECTS[dialect](error, { echo: isEchoed ? 'full' : 'none' })
    return { status: answer.status, headers: answer.headers, body: Buffer.from(answer.body) }
  }
}

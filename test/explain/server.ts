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
  VerificationError,
  type RequestMessage,
} from '../../packages/countersign/src/verify/index.ts'
import { KEY_ID, NOW, SECRET } from './wrong-signer.ts'

/** How the server writes its refusals. */
export const DIALECTS = { s3Xml, awsJson, queryXml }

/** Sends a request to the verifier; `undefined` when it lets the request in. */
export async function refusalOf(
  request: ObservedRequest,
  dialect: keyof typeof DIALECTS = 's3Xml',
  echo: 'full' | 'none' = 'full',
): Promise<ObservedAnswer | undefined> {
  const verifier = createVerifier({
    secrets: (accessKeyId) => (accessKeyId === KEY_ID ? { secretAccessKey: SECRET } : undefined),
    service: ['s3', 'execute-api', 'bedrock', 'aoss', 'sts', 'lambda'],
    region: '*',
    now: () => NOW,
  })
  const { method, target, headers, body } = request
  const message = { method, target, headers, ...(body && { body }) } as RequestMessage
  try {
    const { body: verified } = await verifier.verify(message)
    if (verified) for await (const _ of verified) continue
    return undefined
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    const answer = DIALECTS[dialect](error, { echo })
    return { status: answer.status, headers: answer.headers, body: Buffer.from(answer.body) }
  }
}

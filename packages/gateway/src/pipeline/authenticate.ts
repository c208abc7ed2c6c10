/**
 * The first stage: who sent the request, and whether it is the one that was signed.
 *
 * @module
 */
import {
  createVerifier,
  type Found,
  type SignatureAlgorithm,
  type VerifiedRequest,
  type Verifier,
} from 'countersign/verify'
import { readNodeRequest } from 'countersign/servers/node'
import type { GatewaySettings } from '../config/settings.ts'
import type { Exchange } from './exchange.ts'
import { readIncomingBody } from './incoming-body.ts'

/** What a gateway needs of its store of keys. */
export interface KeySource {
  find(accessKeyId: string): Found<string> | undefined
}

/**
 * Makes the verifier that the settings ask for.
 *
 * @param algorithms those of the settings; SigV4 alone by default
 */
export function createGatewayVerifier(
  { service, region, maxClockSkew, unsignedPayload, allowUnsignedHeaders, limits }: GatewaySettings,
  keys: KeySource,
  algorithms?: readonly SignatureAlgorithm[],
): Verifier<string> {
  return createVerifier<string>({
    service,
    region,
    algorithms,
    maxClockSkew,
    unsignedPayload,
    allowUnsignedHeaders,
    limits,
    maxBytes: limits.body,
    maxBufferedBody: limits.bufferedBody,
    secrets: (accessKeyId) => keys.find(accessKeyId),
  })
}

/**
 * Verifies a request. Its body is read once the head has been found good, and not before.
 *
 * @param idle seconds to wait for the next bytes of the body
 * @throws {@link VerificationError}
 */
export function authenticate(
  exchange: Exchange,
  verifier: Verifier<string>,
  idle: number,
): VerifiedRequest<string> | Promise<VerifiedRequest<string>> {
  const message = readNodeRequest(exchange.request)
  const { body } = message
  if (body === undefined || body instanceof Uint8Array) return verifier.verifyAtOnce(message)
  return verifier.verifyAtOnce({ ...message, body: readIncomingBody(exchange, body, idle) })
}

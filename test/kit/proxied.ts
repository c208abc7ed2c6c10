/**
 * What a proxy tells of a request, through real servers: believed from the one that is named, and from nobody else.
 *
 * @module
 */
import { expect } from 'vitest'
import type { ForwardedHeader } from '../../packages/countersign/src/servers/http2.ts'
import { socketOf, TRANSPORTS } from './everywhere.ts'
import { verifierFor, type SentMessage } from './messages.ts'

/** Expects that a header is believed from this machine where that is a trusted proxy, and only where it is. */
export async function expectBelievedFromTrusted(
  message: SentMessage,
  header: ForwardedHeader,
): Promise<void> {
  for (const transport of TRANSPORTS) {
    const socket = await socketOf(transport)
    const send = async (address: string, name: ForwardedHeader): Promise<string | undefined> => {
      const proxies = { addresses: [address], headers: [name] }
      const { verified, refusal } = await socket.send(message, verifierFor(), proxies)
      return verified?.principal === 'alice' ? 'let in' : refusal?.code
    }
    expect(await send('127.0.0.1', header)).toBe('let in')
    expect(await send('10.0.0.0/8', header)).toBe('SIGNATURE_MISMATCH')
    expect(await send('127.0.0.1', 'x-forwarded-proto')).toBe('SIGNATURE_MISMATCH')
  }
}

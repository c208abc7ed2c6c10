/**
 * Causes on the side of the server: what stands in front of a verifier, and keys that it still has or no longer has.
 *
 * @module
 */
import type { Case } from '../case.ts'
import type { Cause } from '../cause.ts'
import type { Change } from '../change.ts'
import { shownKeyId } from './answered.ts'
import { serverClock } from './time.ts'

/** Other secrets of the very key that the request names. */
function otherSecrets({ candidates, request }: Case): Change[] {
  const secrets = candidates
    .filter(({ accessKeyId }) => accessKeyId === request.claim?.accessKeyId)
    .flatMap(({ secretAccessKey }) => secretAccessKey ?? [])
  return secrets.map((secretAccessKey) => ({ secretAccessKey, note: 'rotated' }))
}

const rotated: Cause = {
  id: 'M86b',
  code: 'rotated-secret',
  title: 'The request was signed with another secret of the same key, before or after its rotation',
  family: 'server',
  fix: 'Let the server take both secrets for a while (countersign keys rotate does), then end the old one.',
  signedInstead: (_, evidence) => otherSecrets(evidence),
  explain: ({ evidence }) => ({
    finding: `The signature was made with another secret of the key ${shownKeyId(evidence.request.claim?.accessKeyId ?? '')}.`,
  }),
}

/** What frameworks do to a request before anybody can verify it, seen in the headers that they add. */
const ADDED =
  /^(?:x-forwarded-(?:for|host|proto|port|prefix)|x-original-(?:uri|url)|x-rewrite-url|forwarded|via)$/

const middleware: Cause = {
  id: 'M86a',
  code: 'middleware',
  title: 'Something in front of the verifier changed the request',
  family: 'server',
  fix: 'Verify first: before body parsers, path prefixes, and whatever joins or renames headers.',
  detect: ({ wire, request, signed, received, evidence }) => {
    if (!wire || signed.basis !== 'key' || received.basis === 'echo') return []
    const isChanged = wire.path !== request.path || wire.query !== request.query || isOtherBody(evidence)
    const added = wire.headers
      .map(([name]) => name)
      .find((name) => ADDED.test(name) && !request.headers.some(([own]) => own === name))
    if (!isChanged || added === undefined) return []
    const finding = `What was signed is right, and what arrived is another request; it came with ${added}, so a proxy or a framework changed it.`
    // Two equalities: the key says what was signed, and what arrived is there to be seen.
    return [{ grade: 'proven', finding, fix: middleware.fix }]
  },
}

function isOtherBody({ request, wire }: Case['evidence']): boolean {
  const [a, b] = [request.body, wire?.body]
  if (a === undefined || b === undefined) return false
  return a.length !== b.length || a.some((byte, at) => byte !== b[at])
}

/** The causes, the commonest first. */
export const SERVER: readonly Cause[] = [rotated, serverClock, middleware]

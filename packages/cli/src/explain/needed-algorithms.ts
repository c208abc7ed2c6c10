/**
 * What a refused request needs besides SigV4 to be tried with the key: SigV4A, and its curve, where it is signed with it.
 *
 * @module
 */
import type { SignatureAlgorithm } from 'countersign'
import type { Evidence } from 'countersign/explain'
import { loadSigV4A } from '../request/algorithm.ts'

const SIGV4A = /AWS4-ECDSA-P256-SHA256/

/** Whether a request is signed with SigV4A. */
function isSigV4A({ target, headers }: Evidence['request']): boolean {
  return SIGV4A.test(target) || headers.some(([, value]) => SIGV4A.test(value))
}

/** Loads it where it is needed. */
export async function algorithmsOf({ request, wire }: Evidence): Promise<readonly SignatureAlgorithm[]> {
  return isSigV4A(request) || (wire && isSigV4A(wire)) ? [await loadSigV4A()] : []
}

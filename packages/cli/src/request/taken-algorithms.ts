/**
 * The algorithms that a captured request is taken with. They are apart from those that sign, which need no verifier.
 *
 * @module
 */
import type { SignatureAlgorithm } from 'countersign'
import { sigV4, type OlderAlgorithm, type WholeMessage } from 'countersign/verify'
import type { AlgorithmName } from '../frame/options.ts'
import { isOlder, loadSigV4A } from './algorithm.ts'

const SIGV4A_NAME = 'AWS4-ECDSA-P256-SHA256'

/**
 * The algorithms that a request is taken with: the one of the flag, else those that it names.
 *
 * @param name by default any of them
 */
export async function algorithmsFor(
  { target, headers }: WholeMessage,
  name?: AlgorithmName,
): Promise<readonly (SignatureAlgorithm | OlderAlgorithm)[]> {
  if (isOlder(name)) {
    const { s3V2, sigV2 } = await import('countersign/sigv2')
    return [name === 's3v2' ? s3V2 : sigV2]
  }
  if (name === 'v4') return [sigV4]
  if (name === 'v4a') return [await loadSigV4A()]
  const isNamed = target.includes(SIGV4A_NAME) || headers.some(([, value]) => value.startsWith(SIGV4A_NAME))
  return isNamed ? [sigV4, await loadSigV4A()] : [sigV4]
}

/**
 * Which algorithm signs: the one that `--algorithm` names, or SigV4A where a set of regions or the host needs it. It is
 * loaded on use alone.
 *
 * @module
 */
import type { SignatureAlgorithm } from 'countersign'
import { CommandError } from '../frame/command-error.ts'
import type { AlgorithmName, OlderName, ScopeFlags } from '../frame/options.ts'
import type { Output } from '../frame/output.ts'
import { hostThatNeedsSigV4A } from './host-scope.ts'

/**
 * Finds the algorithm, and tells why where it is none of the usual ones.
 *
 * @returns nothing for SigV4
 * @throws {@link CommandError} `USAGE`; `SIGV4A_REQUIRED` where SigV4 was asked for and cannot be
 */
export async function resolveAlgorithm(
  url: string,
  { algorithm, service, region, regionSet }: ScopeFlags,
  output: Output,
): Promise<SignatureAlgorithm | undefined> {
  if (algorithm === 'v4a') return loadSigV4A()
  if (isOlder(algorithm)) assertUnscoped({ service, region, algorithm })
  const needs = regionSet === undefined ? hostThatNeedsSigV4A(url) : '--region-set'
  if (needs === undefined) return undefined
  if (algorithm === undefined) {
    output.infer('algorithm', 'v4a', needs)
    return loadSigV4A()
  }
  throw new CommandError(
    'SIGV4A_REQUIRED',
    `${needs.replace(/^host /, '')} takes another algorithm than ${algorithm}`,
    {
      why: 'a signature that holds in several regions is one of SigV4A',
      fix: 'leave out --algorithm, or write --algorithm v4a',
    },
  )
}

/** Whether a name is that of what came before version 4, which nobody gets without asking for it. */
export function isOlder(name: AlgorithmName | undefined): name is OlderName {
  return name === 'v2' || name === 's3v2' || name === 'v3'
}

function assertUnscoped({ service, region, algorithm }: ScopeFlags): void {
  if (service === undefined && region === undefined) return
  throw new CommandError('USAGE', `${algorithm} takes neither --service nor --region`, {
    why: 'a signature of before version 4 holds for all services and regions that know the key',
    fix: 'leave them out, or sign with version 4',
  })
}

/** Loads SigV4A, with its curve. */
export async function loadSigV4A(): Promise<SignatureAlgorithm> {
  const { sigV4A } = await import('countersign/sigv4a')
  return sigV4A
}

/**
 * `--unsign NAME`: leaves headers out of what is signed, as what a proxy on the way changes or takes away has to be.
 *
 * @module
 */
import { signRequest } from 'countersign'
import { CommandError } from '../frame/command-error.ts'
import type { Output } from '../frame/output.ts'
import { isOlder } from './algorithm.ts'
import type { GivenRequest } from './given-request.ts'
import type { RequestFlags } from './request-options.ts'
import type { AlgorithmName } from '../frame/options.ts'

/** Headers that a signature brings along: without them there is none. */
const ALWAYS: ReadonlySet<string> = new Set([
  'authorization',
  'host',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-region-set',
  'x-amz-security-token',
])

/** The flags that it depends on. */
type UnsignFlags = Pick<RequestFlags, 'signHeaders' | 'unsign'> & {
  readonly algorithm?: AlgorithmName | 's3express' | undefined
}

/**
 * Which headers are signed, without those that are not to be.
 *
 * @throws {@link CommandError} `USAGE` for a header that every signature covers
 */
export function resolveSignHeaders(
  { url, headers }: Pick<GivenRequest, 'url' | 'headers'>,
  { signHeaders, unsign = [], algorithm }: UnsignFlags,
  output: Output,
): RequestFlags['signHeaders'] {
  if (unsign.length === 0) return signHeaders
  assertPossible(unsign, algorithm)
  const credentials = { accessKeyId: 'nobody', secretAccessKey: 'nothing' }
  // The library knows what each choice signs: it is asked, with a scope that does not matter.
  const scope = { service: 'any', region: 'any' }
  const { signedHeaders } = signRequest(
    { method: 'GET', url, headers },
    { ...scope, credentials, signHeaders },
  )
  const left = new Set(unsign)
  const kept = signedHeaders.filter((name) => !left.has(name))
  for (const name of left) {
    if (!signedHeaders.includes(name)) output.warn('HEADER_NOT_SIGNED', `${name} is not signed anyway`)
    else if (name.startsWith('x-amz-'))
      output.warn('HEADER_UNSIGNED', `services refuse requests whose ${name} is not signed`)
  }
  return kept
}

function assertPossible(unsign: readonly string[], algorithm: UnsignFlags['algorithm']): void {
  const always = unsign.find((name) => ALWAYS.has(name))
  if (always !== undefined) {
    throw new CommandError('USAGE', `--unsign ${always} cannot be`, {
      why: 'each signature covers it',
      fix: 'name a header of your own',
    })
  }
  if (algorithm === 's3express' || !isOlder(algorithm)) return
  throw new CommandError('USAGE', `--unsign is not for --algorithm ${algorithm}`, {
    why: 'before version 4 it was fixed which headers are signed',
    fix: 'leave it out',
  })
}

/**
 * The flags about the way to the server, as curl has them, so that a line of curl goes the same way: `--connect`,
 * `--resolve`, the proxy, and whom to trust. Passwords are left out; curl asks for that of a certificate.
 *
 * @module
 */
import type { Environment, RouteFlags } from './route.ts'
import { splitPassword, type TlsFlags } from './tls-settings.ts'

/** The words for curl, not quoted. */
export function curlWay(flags: RouteFlags & TlsFlags, environment: Environment): readonly string[] {
  const { connect, resolve = [], proxy, insecure, cacert, cert, key } = flags
  const bundle = cacert ?? (environment['AWS_CA_BUNDLE'] || undefined)
  const pairs: readonly (readonly [flag: string, value: string | undefined])[] = [
    ['--connect-to', connect && `::${connect}`],
    ...resolve.map((entry) => ['--resolve', entry] as const),
    ['-x', proxy?.replace(/^([^/]*\/\/)?([^:@/]*):[^@/]*@/, '$1$2@')],
    ['--cacert', bundle],
    ['--cert', cert && splitPassword(cert)[0]],
    ['--key', key],
  ]
  const words = pairs.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]))
  return insecure ? [...words, '-k'] : words
}

/**
 * What curl's own flags say of the signing: `--aws-sigv4 aws:amz:REGION:SERVICE` and `--user ID:SECRET`.
 *
 * @see {@link https://curl.se/docs/manpage.html#--aws-sigv4}
 * @module
 */
import type { Credentials } from 'countersign'
import { CommandError } from '../frame/command-error.ts'
import type { ScopeFlags } from '../frame/options.ts'

/**
 * Reads `--aws-sigv4`.
 *
 * @throws {@link CommandError} `USAGE` for another provider than AWS
 */
export function parseAwsSigv4(text: string): Pick<ScopeFlags, 'region' | 'service'> {
  const [provider, second = 'amz', region, service, ...more] = text.toLowerCase().split(':')
  if (provider === 'aws' && (second === 'amz' || second === '') && more.length === 0) {
    return { ...(region ? { region } : {}), ...(service ? { service } : {}) }
  }
  throw new CommandError('USAGE', `--aws-sigv4 cannot be read: ${text}`, {
    why: 'only the signatures of aws:amz are made',
    fix: 'write --aws-sigv4 aws:amz:REGION:SERVICE',
  })
}

/**
 * Reads `--user`.
 *
 * @throws {@link CommandError} `USAGE`
 */
export function parseUser(text: string): Credentials {
  const colon = text.indexOf(':')
  if (colon > 0 && colon < text.length - 1) {
    return { accessKeyId: text.slice(0, colon), secretAccessKey: text.slice(colon + 1) }
  }
  throw new CommandError('USAGE', '--user is no ID:SECRET', {
    why: 'curl would ask for the secret at the terminal',
    fix: 'write --access-key-id ID --secret-stdin, and the secret to standard input',
  })
}

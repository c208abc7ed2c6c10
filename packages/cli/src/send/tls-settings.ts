/**
 * Whom to trust over TLS, and as whom to appear: `--cacert`, `AWS_CA_BUNDLE`, `--insecure`, `--cert` and `--key`.
 *
 * @module
 */
import { readFile } from 'node:fs/promises'
import { CommandError } from '../frame/command-error.ts'
import { unreadable } from '../frame/files.ts'
import type { Environment } from './route.ts'

/** Flags about TLS. */
export interface TlsFlags {
  readonly insecure?: boolean | undefined
  readonly cacert?: string | undefined
  /** A PEM file, perhaps with a password behind a colon. */
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

/** What Node's TLS is told. */
export interface TlsSettings {
  readonly rejectUnauthorized: boolean
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
  readonly passphrase?: string
}

/**
 * Reads the files that the flags name.
 *
 * @throws {@link CommandError} `USAGE`, `FILE_UNREADABLE`
 */
export async function readTlsSettings(flags: TlsFlags, environment: Environment): Promise<TlsSettings> {
  const rejectUnauthorized = !flags.insecure
  const bundle = flags.cacert ?? (environment['AWS_CA_BUNDLE'] || undefined)
  const trust =
    bundle === undefined ? {} : { ca: await readPem(bundle, flags.cacert ? '--cacert' : 'AWS_CA_BUNDLE') }
  if (flags.cert === undefined) {
    if (flags.key !== undefined) {
      throw new CommandError('USAGE', '--key stands alone', {
        why: 'a server wants the certificate too',
        fix: 'add --cert FILE',
      })
    }
    return { rejectUnauthorized, ...trust }
  }
  const [file, passphrase] = splitPassword(flags.cert)
  const cert = await readPem(file, '--cert')
  const key = flags.key === undefined ? cert : await readPem(flags.key, '--key')
  return { rejectUnauthorized, ...trust, cert, key, ...(passphrase === undefined ? {} : { passphrase }) }
}

/**
 * Takes a file and a password behind a colon apart. That of a drive, as in `C:\cert.pem`, is followed by a backslash.
 */
export function splitPassword(text: string): [file: string, password?: string] {
  const colon = /:(?!\\)/.exec(text)?.index
  return colon === undefined ? [text] : [text.slice(0, colon), text.slice(colon + 1)]
}

async function readPem(path: string, flag: string): Promise<Buffer> {
  const pem = await readFile(path).catch((error: unknown) => {
    throw unreadable(path, flag, error)
  })
  if (pem.includes('-----BEGIN ')) return pem
  throw new CommandError('USAGE', `${flag}: ${path} is no PEM file`, {
    why: 'certificates and keys are read in PEM',
    fix: 'give a file that begins with -----BEGIN CERTIFICATE-----',
  })
}

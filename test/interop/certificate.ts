/**
 * A certificate for 127.0.0.1 that lives as long as a test.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './programs.ts'

/** A certificate that vouches for itself. */
export interface Certificate {
  readonly key: string
  readonly cert: string
  /** Where `cert` lies, for programs that want a file. */
  readonly file: string
  remove(): void
}

/** Makes one with OpenSSL: Node can make keys, and cannot sign certificates. */
export async function createCertificate(): Promise<Certificate> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-tls-'))
  const [keyFile, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-days', '2']
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']
  await run('openssl', ['req', ...kind, ...names, '-keyout', keyFile, '-out', file])
  return {
    key: readFileSync(keyFile, 'utf8'),
    cert: readFileSync(file, 'utf8'),
    file,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

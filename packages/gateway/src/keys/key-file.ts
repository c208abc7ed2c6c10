/**
 * The file with the master key: read only where nobody else can read it, and made whole or not at all.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { KeyStoreError } from '../errors.ts'

/** A master key in hex, and room for a line end. */
const LONGEST = 66
const isWindows = process.platform === 'win32'

/**
 * Reads a key file; nothing where there is none.
 *
 * @throws {@link KeyStoreError} `MASTER_KEY_INVALID`: it is open to others, something else, or cannot be read
 */
export function readKeyFile(file: string): string | undefined {
  try {
    return useFile(file, 'r', (descriptor) => {
      const status = fstatSync(descriptor)
      if (!isWindows && (status.mode & 0o077) !== 0) {
        throw invalid(`Others than its owner may use the master key file ${file}: chmod 600 it`)
      }
      if (!status.isFile() || status.size > LONGEST) throw invalid(`${file} is no master key file`)
      return readFileSync(descriptor, 'latin1')
    })
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error instanceof KeyStoreError ? error : invalid(`${file} cannot be read: ${codeOf(error)}`, error)
  }
}

/**
 * Makes a key file, and its folder. A file that is there already stays as it is: keys are never written over.
 *
 * @throws {@link KeyStoreError} `MASTER_KEY_INVALID`: it cannot be written
 */
export function createKeyFile(file: string, content: string): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    useFile(draft, 'wx', (descriptor) => {
      writeFileSync(descriptor, content)
      fsyncSync(descriptor)
    })
    publish(draft, file)
  } catch (error) {
    throw invalid(`The master key file ${file} cannot be made: ${codeOf(error)}`, error)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** A link, unlike a new name, never replaces what is there. */
function publish(draft: string, file: string): void {
  try {
    linkSync(draft, file)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
  // Windows cannot open folders, and writes them through.
  if (!isWindows) useFile(dirname(file), 'r', fsyncSync)
}

function useFile<T>(file: string, flags: string, use: (descriptor: number) => T): T {
  const descriptor = openSync(file, flags, 0o600)
  try {
    return use(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}

function invalid(message: string, cause?: unknown): KeyStoreError {
  return new KeyStoreError('MASTER_KEY_INVALID', message, { cause })
}

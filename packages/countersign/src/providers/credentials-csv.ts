/**
 * The CSV files in which the IAM console hands out access keys: `accessKeys.csv`, `credentials.csv`,
 * `ada_accessKeys.csv`, of today and of years ago.
 *
 * @see {@link https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html}
 * @module
 */
import { assertCredentials, type Credentials } from '../credentials/credentials.ts'
import { CredentialsError } from '../errors.ts'

/** Credentials of a CSV file. */
export interface CsvCredentials extends Credentials {
  /** The user whose they are, in files that tell. */
  readonly userName?: string | undefined
}

/** Options of {@link parseCredentialsCsv}. */
export interface CsvOptions {
  /** Whose credentials are meant, in a file with those of several users. */
  readonly userName?: string | undefined
}

// `Access key ID` and `Access Key Id`, `User name` and `User Name`.
const USER_NAME = 'username'
const ACCESS_KEY_ID = 'accesskeyid'
const SECRET_ACCESS_KEY = 'secretaccesskey'

/**
 * Reads a CSV file of the IAM console.
 *
 * ```js
 * const credentials = parseCredentialsCsv(await readFile('ada_accessKeys.csv', 'utf8'))
 * ```
 *
 * @throws {@link CredentialsError} `CREDENTIALS_FILE_INVALID` when it is no such file, or has no access key, or several
 *   and no `userName` says which; `CREDENTIALS_INVALID` when the access key in it cannot be signed with
 */
export function parseCredentialsCsv(text: string, { userName }: CsvOptions = {}): CsvCredentials {
  if (typeof text !== 'string') throw invalid("The file is to be given as text: readFile(path, 'utf8')")
  const [titles = [], ...rows] = readRows(text.replace(/^\uFEFF/, ''))
  const columns = titles.map((title) => title.replace(/\s/g, '').toLowerCase())
  const [user, id, secret] = [USER_NAME, ACCESS_KEY_ID, SECRET_ACCESS_KEY].map((name) =>
    columns.indexOf(name),
  )
  if (id === undefined || secret === undefined || id < 0 || secret < 0) {
    throw invalid('The file needs a first line with the columns Access key ID and Secret access key')
  }
  const found = rows
    // Users that can log in only have a password in the file, and no key.
    .filter((row) => row[id])
    .map((row) => ({
      userName: row[user ?? -1] || undefined,
      accessKeyId: row[id] ?? '',
      secretAccessKey: row[secret] ?? '',
    }))
  return chooseRow(found, userName)
}

function chooseRow(found: readonly CsvCredentials[], userName: string | undefined): CsvCredentials {
  const chosen = userName === undefined ? found : found.filter((row) => row.userName === userName)
  const [credentials, other] = chosen
  if (!credentials)
    throw invalid(
      userName === undefined ? 'The file has no access key' : 'The file has no access key of that user',
    )
  if (other) {
    const names = found.map((row) => row.userName ?? '?').join(', ')
    throw invalid(`The file has several access keys: say with userName whose is meant, of ${names}`)
  }
  assertCredentials(credentials)
  return credentials
}

/** Rows of comma-separated values (RFC 4180); empty lines are left out. No key or name has a line end in it. */
function readRows(text: string): string[][] {
  return text
    .split(/\r\n?|\n/)
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      const cells = [...`,${line}`.matchAll(/,(?:\s*"((?:[^"]|"")*)"\s*|([^,"]*))(?=,|$)/g)]
      // What the cells do not cover is a quote where none can be.
      if (cells.reduce((sum, [cell]) => sum + cell.length, 0) !== line.length + 1) {
        throw invalid(`Line ${index + 1} of the file has a quote where none can be`)
      }
      return cells.map(([, quoted, bare = '']) => quoted?.replaceAll('""', '"') ?? bare.trim())
    })
}

function invalid(message: string): CredentialsError {
  return new CredentialsError('CREDENTIALS_FILE_INVALID', message)
}

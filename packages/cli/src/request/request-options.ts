/**
 * The options that describe a request, with curl's letters, and the request that they come to.
 *
 * @module
 */
import { InvalidArgumentError, type Command } from 'commander'
import { readData, type DataKind, type DataPart } from '../curl/data.ts'
import { readHeaders } from '../curl/headers.ts'
import { addFileName, addToQuery, readUrlQuery } from '../curl/url-query.ts'
import { CommandError } from '../frame/command-error.ts'
import { readBytes } from '../frame/files.ts'
import { collect, parseSignHeaders } from '../frame/options.ts'
import type { GivenRequest } from './given-request.ts'
import { readUpload } from './upload.ts'

/** The flags of {@link addRequestOptions}. */
export interface RequestFlags {
  /** The method. */
  readonly request?: string | undefined
  readonly header?: readonly string[] | undefined
  readonly urlQuery?: readonly string[] | undefined
  readonly get?: boolean | undefined
  readonly uploadFile?: string | undefined
  readonly unsignedPayload?: boolean | undefined
  readonly signHeaders?: 'minimal' | 'sdk' | 'all' | readonly string[] | undefined
  /** Names in lower case. */
  readonly unsign?: readonly string[] | undefined
}

const DATA_FLAGS: readonly (readonly [flags: string, description: string, kind: DataKind])[] = [
  ['-d, --data <text>', 'body; @file reads one without its line ends', 'data'],
  ['--data-raw <text>', 'body in which @ means nothing', 'raw'],
  ['--data-binary <text>', 'body; @file reads one as it is', 'binary'],
  ['--data-urlencode <text>', 'body, encoded: text, name=text, @file, name@file', 'urlencode'],
]

/**
 * Adds the options of a request.
 *
 * @param method how the flag of the method is spelt
 * @returns the pieces of its body, filled in while the command line is read: their order counts
 */
export function addRequestOptions(command: Command, method = '-X, --request <method>'): DataPart[] {
  const parts: DataPart[] = []
  command
    .option(method, 'GET; POST with a body, PUT with -T')
    .option('-H, --header <line>', "'name: value', 'name;' without a value, @file", collect)
  for (const [flags, description, kind] of DATA_FLAGS) {
    command.option(flags, description, (text: string) => {
      parts.push({ kind, text })
      return text
    })
  }
  command
    .option('-T, --upload-file <file>', 'body from a file of any size, - for standard input')
    .option('-G, --get', 'put the data into the query')
    .option('--url-query <text>', 'add to the query, encoded as by --data-urlencode', collect)
    .option('--unsigned-payload', 'leave the body out of the signature')
    .option('--sign-headers <set>', 'minimal, sdk, all, or names: a,b', parseSignHeaders)
    .option('--unsign <names>', 'leave these headers out of it: a,b', collectNames)
  return parts
}

function collectNames(text: string, previous: readonly string[] = []): readonly string[] {
  const names = text
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
  if (names.every((name) => /^[\w!#$%&'+.^`|~-]+$/.test(name))) return [...previous, ...names]
  throw new InvalidArgumentError('It must be the name of a header, or names with commas between them.')
}

/**
 * The request that the options describe.
 *
 * @throws {@link CommandError} `USAGE`, `FILE_UNREADABLE`
 */
export async function readRequest(
  url: string,
  flags: RequestFlags,
  parts: readonly DataPart[],
): Promise<GivenRequest> {
  const { get: isGet = false, uploadFile } = flags
  if (uploadFile !== undefined && parts.length > 0) {
    throw new CommandError('USAGE', '-T and data are both a body', {
      why: 'a request has one body',
      fix: 'give one of them',
    })
  }
  const { headers } = await readHeaders(flags.header ?? [], readBytes)
  const data = await readData(parts, readBytes)
  const pairs = await readUrlQuery(flags.urlQuery ?? [], readBytes)
  if (isGet && data) pairs.push(Buffer.from(data).toString('utf8'))
  const upload = uploadFile === undefined ? undefined : await readUpload(uploadFile)
  const body = isGet ? undefined : (data ?? upload?.body)
  const isUnsigned = flags.unsignedPayload === true
  return {
    method: flags.request ?? (upload ? 'PUT' : body ? 'POST' : 'GET'),
    url: addToQuery(uploadFile === undefined ? url : addFileName(url, uploadFile), pairs),
    headers,
    body,
    file: upload?.file,
    payloadHash: isUnsigned ? 'UNSIGNED-PAYLOAD' : upload?.payloadHash,
  }
}

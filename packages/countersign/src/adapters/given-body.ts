/**
 * Bodies as HTTP clients are given them, beyond those that `fetch` knows: forms of other packages, lists of pieces,
 * `null` for none.
 *
 * @module
 */
import { SigningError } from '../errors.ts'
import type { Body } from '../sign/http-request.ts'

/** A body, and the content type that it brings along. */
export interface GivenBody {
  readonly body: Body
  /** Empty when it brings none, or when it comes out of the bytes, as that of a form does. */
  readonly contentType: string
}

/** What `form-data` of npm makes. */
interface FormOfNpm {
  getHeaders(): { readonly [name: string]: string }
  getBuffer(): Uint8Array
}

/**
 * Reads a body.
 *
 * @throws {@link SigningError} `BODY_UNSUPPORTED`
 */
export function readGivenBody(given: unknown): GivenBody {
  if (given === null || given === undefined) return { body: undefined, contentType: '' }
  if (typeof given !== 'object') return { body: given as Body, contentType: '' }
  if ('getHeaders' in given && 'getBuffer' in given) return readFormOfNpm(given as FormOfNpm)
  if (isForeignForm(given)) return { body: copyForm(given), contentType: '' }
  return { body: isListOfPieces(given) ? iterate(given) : (given as Body), contentType: contentTypeOf(given) }
}

/** What fetch adds by itself to these two kinds of body, and no longer does when bytes go out in their place. */
export function contentTypeOf(body: unknown): string {
  if (body instanceof URLSearchParams) return 'application/x-www-form-urlencoded;charset=UTF-8'
  return body instanceof Blob ? body.type : ''
}

function readFormOfNpm(form: FormOfNpm): GivenBody {
  try {
    return { body: form.getBuffer(), contentType: form.getHeaders()['content-type'] ?? '' }
  } catch (cause) {
    throw new SigningError(
      'BODY_UNSUPPORTED',
      'The form has a stream in it, which cannot be hashed before it is sent: collect its bytes',
      { cause },
    )
  }
}

/** A form of undici's or of another package, which the platform does not take for one of its own. */
function isForeignForm(given: object): given is Iterable<readonly [name: string, value: unknown]> {
  const isForm = (given as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === 'FormData'
  return isForm && !(given instanceof FormData)
}

function copyForm(form: Iterable<readonly [name: string, value: unknown]>): FormData {
  const copy = new FormData()
  for (const [name, value] of form) {
    if (typeof value === 'string') copy.append(name, value)
    else if (value instanceof Blob) copy.append(name, value)
    else throw new SigningError('BODY_UNSUPPORTED', 'The form has a value that is neither text nor a file')
  }
  return copy
}

function isListOfPieces(given: object): given is Iterable<Uint8Array> {
  return (
    Symbol.iterator in given &&
    !ArrayBuffer.isView(given) &&
    !(given instanceof URLSearchParams) &&
    !(given instanceof FormData)
  )
}

async function* iterate(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  yield* pieces
}

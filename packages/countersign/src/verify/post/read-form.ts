/**
 * Reads an upload form up to the first byte of its file.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7578}
 * @see {@link https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1}
 * @module
 */
import { utf8 } from '../../core/bytes.ts'
import type { RequestMessage } from '../message.ts'
import { prepareDelimiter, type Delimiter } from './delimiter.ts'
import { FormSource } from './form-source.ts'
import { parsePartHead } from './part-head.ts'
import { malformedForm, refuseForm } from './post-refusals.ts'

/** The fields before the file, and where the file begins. */
export interface ReadForm {
  /** In their order, names as they came. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  /** As it came: perhaps a whole path. */
  readonly filename: string | undefined
  readonly source: FormSource
  /** What ends the file. */
  readonly delimiter: Delimiter
}

/** Length of what follows a boundary: a line end or two dashes. */
const MARK = 2

let decoder: TextDecoder | undefined

/**
 * Reads a form. What stands behind the file is not looked at, as S3 does.
 *
 * @param most bytes that are taken before the file
 * @throws {@link VerificationError} `FORM_MALFORMED`, `FORM_TOO_LARGE`, `FORM_FILE_MISSING`
 */
export async function readForm(
  message: Pick<RequestMessage, 'body' | 'signal'>,
  boundary: string,
  most: number,
): Promise<ReadForm> {
  const source = new FormSource(message, most)
  const delimiter = prepareDelimiter(utf8(`\r\n--${boundary}`))
  const headEnd = prepareDelimiter(utf8('\r\n\r\n'))
  const fields: [name: string, value: string][] = []
  const opening = decode(await source.take(delimiter.bytes.length - MARK))
  if (opening !== `--${boundary}`) throw malformedForm('The form does not begin with its boundary')
  while (!(await isLast(source))) {
    const { name, filename } = parsePartHead(decode(await source.takeUntil(headEnd)))
    if (name.toLowerCase() === 'file') return { fields, filename, source, delimiter }
    fields.push([name, decode(await source.takeUntil(delimiter))])
  }
  throw refuseForm('FORM_FILE_MISSING', 'The form has no part named file', {
    argumentName: 'file',
    argumentValue: '0',
  })
}

/**
 * Reads what follows a boundary: a line end before the next part, or two dashes at the end of the form.
 *
 * @throws {@link VerificationError} `FORM_MALFORMED`
 */
export async function isLast(source: FormSource): Promise<boolean> {
  const mark = decode(await source.take(MARK))
  if (mark !== '\r\n' && mark !== '--') throw malformedForm('A boundary does not end its line')
  return mark === '--'
}

function decode(bytes: Uint8Array): string {
  try {
    decoder ??= new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    return decoder.decode(bytes)
  } catch {
    throw malformedForm('A field is not UTF-8')
  }
}

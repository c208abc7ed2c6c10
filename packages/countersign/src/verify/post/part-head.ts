/**
 * What stands before the bytes of an upload form: the boundary in its Content-Type, and the head of each part.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7578}
 * @module
 */
import { malformedForm, refuseForm } from './post-refusals.ts'

/** Name of a part, and of the file in it. */
export interface PartHead {
  readonly name: string
  readonly filename: string | undefined
}

const MULTIPART = /^multipart\/form-data[ \t]*(?:;|$)/i
const BOUNDARY = /;[ \t]*boundary=(?:"([^"]*)"|([^\s;"]*))[ \t]*/gi
const BOUNDARY_CHARACTERS = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/
const LINE = /^([!#$%&'*+.^_`|~\w-]+):(.*)$/
// Old browsers send whole paths, with backslashes that escape nothing.
const PARAMETER = /;[ \t]*([!#$%&'*+.^_`|~\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))[ \t]*/y
const DISPOSITION = 'form-data'

/**
 * Reads the boundary of a form.
 *
 * @throws {@link VerificationError} `FORM_NOT_MULTIPART`, `FORM_MALFORMED`
 */
export function parseBoundary(contentType: string): string {
  if (!MULTIPART.test(contentType)) {
    throw refuseForm('FORM_NOT_MULTIPART', 'An upload form is sent as multipart/form-data', {
      condition: 'Bucket POST must be of the enclosure-type multipart/form-data',
    })
  }
  const [found, ...more] = contentType.matchAll(BOUNDARY)
  const boundary = found?.[1] ?? found?.[2] ?? ''
  if (more.length > 0 || !BOUNDARY_CHARACTERS.test(boundary)) {
    throw malformedForm('The Content-Type needs one boundary of 1 to 70 characters')
  }
  return boundary
}

/**
 * Reads the head of a part.
 *
 * @param text its lines, without the empty one behind them
 * @throws {@link VerificationError} `FORM_MALFORMED`
 */
export function parsePartHead(text: string): PartHead {
  const headers = new Map<string, string>()
  for (const line of text.split('\r\n')) {
    const [, name, value = ''] = LINE.exec(line) ?? []
    if (name === undefined || headers.has(name.toLowerCase()))
      throw malformedForm('A part has a malformed head')
    headers.set(name.toLowerCase(), value.trim())
  }
  // Whoever decoded it would read other bytes than are counted here.
  const encoding = headers.get('content-transfer-encoding') ?? 'binary'
  if (!/^(?:7bit|8bit|binary)$/i.test(encoding)) throw malformedForm('A part is encoded for mail')
  return parseDisposition(headers.get('content-disposition') ?? '')
}

function parseDisposition(text: string): PartHead {
  const parameters = new Map<string, string>()
  let at = DISPOSITION.length
  let isFormed = text.slice(0, at).toLowerCase() === DISPOSITION
  while (isFormed && at < text.length) {
    PARAMETER.lastIndex = at
    const [, name = '', quoted, plain = ''] = PARAMETER.exec(text) ?? []
    isFormed = name !== '' && !parameters.has(name.toLowerCase())
    parameters.set(name.toLowerCase(), quoted?.replaceAll('\\"', '"') ?? plain)
    at = PARAMETER.lastIndex
  }
  const name = parameters.get('name')
  if (!isFormed || name === undefined)
    throw malformedForm('A part has no proper Content-Disposition: form-data')
  return { name, filename: parameters.get('filename') }
}

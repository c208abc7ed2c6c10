/**
 * The fields of an upload form as S3 reads them: names without regard to case, each at most once, the name of the file
 * put in.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html}
 * @module
 */
import { FILENAME_VARIABLE, POST_FIELD } from '../../core/post-policy.ts'
import { invalidField } from './post-refusals.ts'

/** Values by lower-case names; `bucket` is the one that the form was sent to. */
export type FormValues = ReadonlyMap<string, string>

/** A form in its parts, whoever took it apart. */
export interface GivenForm {
  /** The bucket that the form was sent to, as host or path tell. */
  readonly bucket: string
  /** The fields before the file. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  /** Name of the file as it came. */
  readonly filename?: string | undefined
}

// In ASCII alone: lower case makes ASCII of some letters that are not.
const NAME = /^[!-~]+$/
const CONTROL = /[\x00-\x1f\x7f]/
const VERBATIM: ReadonlySet<string> = new Set(Object.values(POST_FIELD))

/**
 * Reads the fields.
 *
 * @throws {@link VerificationError} `FORM_FIELD_INVALID`
 */
export function readFormValues({ bucket, fields, filename }: GivenForm): FormValues {
  const values = new Map<string, string>()
  for (const [given, value] of fields) {
    if (!NAME.test(given)) throw invalidField(given, 'A field has a name that is none')
    const name = given.toLowerCase()
    if (values.has(name)) throw invalidField(name, `The field ${name.slice(0, 100)} stands twice`)
    const isVerbatim = VERBATIM.has(name) || !value.includes(FILENAME_VARIABLE)
    values.set(name, isVerbatim ? value : value.replaceAll(FILENAME_VARIABLE, () => baseName(filename)))
  }
  // Else a form for one bucket could be sent to another one.
  if ((values.get('bucket') ?? bucket) !== bucket) {
    throw invalidField('bucket', 'The field bucket names another bucket than the form was sent to')
  }
  return values.set('bucket', bucket)
}

/** What follows the last slash or backslash, as S3 and browsers do; it never leads out of a folder. */
function baseName(filename = ''): string {
  const name = filename.slice(Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\')) + 1)
  if (name === '.' || name === '..' || CONTROL.test(name)) {
    throw invalidField('file', 'The name of the file is none that can stand in a key')
  }
  return name
}

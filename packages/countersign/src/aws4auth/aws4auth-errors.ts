/**
 * What AWS4Auth and its keys refuse, each under the name that the Python libraries made known.
 *
 * @module
 */
import { SigningError } from '../errors.ts'

/** `StrictAWS4Auth`: the request is dated another day than the signing key. Code `DATE_MISMATCH`. */
export class DateMismatchError extends SigningError {
  /** Day of the signing key, `YYYYMMDD`. */
  readonly keyDate: string
  /** Day of the request in UTC, `YYYYMMDD`. */
  readonly requestDate: string

  constructor(keyDate: string, requestDate: string) {
    super(
      'DATE_MISMATCH',
      `The signing key is for ${keyDate} and the request is dated ${requestDate}: call regenerateSigningKey()`,
    )
    this.name = 'DateMismatchError'
    this.keyDate = keyDate
    this.requestDate = requestDate
  }
}

/** A new signing key has to be derived, and there is no secret access key. Code `SECRET_KEY_MISSING`. */
export class NoSecretKeyError extends SigningError {
  constructor(message: string, options?: ErrorOptions) {
    super('SECRET_KEY_MISSING', message, options)
    this.name = 'NoSecretKeyError'
  }
}

/** `raiseInvalidDate`: the request has date headers, and none of them can be read. Code `DATE_INVALID`. */
export class InvalidDateError extends SigningError {
  constructor(message: string, options?: ErrorOptions) {
    super('DATE_INVALID', message, options)
    this.name = 'InvalidDateError'
  }
}

/** The date given for a signing key is in none of the accepted forms. Code `DATE_INVALID`. */
export class DateFormatError extends SigningError {
  constructor(message: string, options?: ErrorOptions) {
    super('DATE_INVALID', message, options)
    this.name = 'DateFormatError'
  }
}

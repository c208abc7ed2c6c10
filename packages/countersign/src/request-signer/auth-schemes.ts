/**
 * `authSchemes` of AWS's endpoint rules: which kinds of authentication an endpoint takes, and what they are signed for.
 *
 * @see {@link https://smithy.io/2.0/aws/rules-engine/auth-schemes.html}
 * @module
 */
import { SigningError } from '../errors.ts'
import { findScheme, type SchemeName } from './scheme-names.ts'

/** One of them, as it stands in the rules; properties that are not listed are ignored. */
export interface EndpointAuthScheme {
  /** `sigv4`, `sigv4a`, `sigv4-s3express`, `bearer` or `none`, in any spelling. */
  readonly name: string
  /** Service to sign for. */
  readonly signingName?: string | undefined
  /** Region to sign for. */
  readonly signingRegion?: string | undefined
  /** Regions to sign for with SigV4A. */
  readonly signingRegionSet?: readonly string[] | undefined
  /** The path is signed as S3 has it: not tidied up, and not encoded a second time. */
  readonly disableDoubleEncoding?: boolean | undefined
}

/** A kind of authentication that was chosen. */
export interface SchemeChoice {
  readonly scheme: SchemeName
  /** For people. */
  readonly reason: string
  /** What the endpoint's rules say of it. */
  readonly endpoint?: EndpointAuthScheme | undefined
}

/** A preference as it stands in `AWS_AUTH_SCHEME_PREFERENCE`, or as a list. Names that are not known are ignored. */
export type SchemePreference = string | readonly string[]

/** The first that is preferred among those that are offered, else the first of them. */
export function choosePreferred(
  offered: readonly SchemeChoice[],
  preference: SchemePreference = [],
): SchemeChoice | undefined {
  const wanted = typeof preference === 'string' ? preference.split(',') : preference
  for (const name of wanted) {
    const scheme = findScheme(name)
    const choice = scheme && offered.find((other) => other.scheme === scheme)
    if (choice)
      return choice === offered[0] ? choice : { ...choice, reason: `${choice.reason}, and is preferred` }
  }
  return offered[0]
}

/**
 * Chooses among the kinds that an endpoint takes. Kinds that are not known are left out.
 *
 * @throws {@link SigningError} `AUTH_SCHEME_UNKNOWN` when none is known
 */
export function chooseOfEndpoint(
  authSchemes: readonly EndpointAuthScheme[],
  preference: SchemePreference | undefined,
): SchemeChoice {
  const offered = authSchemes.flatMap((endpoint): SchemeChoice[] => {
    const scheme = findScheme(endpoint.name)
    return scheme ? [{ scheme, reason: `authSchemes has ${endpoint.name}`, endpoint }] : []
  })
  const choice = choosePreferred(offered, preference)
  if (choice) return choice
  const names = authSchemes.map(({ name }) => name).join(', ')
  throw new SigningError(
    'AUTH_SCHEME_UNKNOWN',
    `authSchemes has none that is known: ${names || 'it is empty'}`,
  )
}

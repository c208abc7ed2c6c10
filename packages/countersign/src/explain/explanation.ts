/**
 * Explanation: why a request was refused. Verdicts with their grades, the line that differs, the fix, and what was
 * ruled out. No secret, token or signature is in it.
 *
 * @module
 */
import type { ErrorKind } from '../answers/error-kind.ts'
import type { EchoState } from './check-echo.ts'

/**
 * How sure a verdict is. `proven`: two texts are equal, or a signature is. `stated`: the server said so. `likely`: a
 * strong pattern. `possible`: it fits, and so do others.
 */
export type Grade = 'proven' | 'stated' | 'likely' | 'possible'

/** The line of the canonical request, or the part of a request, in question. */
export interface DifferingLine {
  /** `method`, `path`, `query`, `header host`, `signed headers`, `payload hash`, `scope`, `date`, … */
  readonly field: string
  /** As it was signed. */
  readonly ours: string
  /** As the server has it. */
  readonly theirs: string
}

/** What to change, as data: whoever made the request can make it again with this. */
export interface Correction {
  readonly method?: string | undefined
  readonly target?: string | undefined
  /** Headers to set, in the place of those with the same name. */
  readonly setHeaders?: readonly (readonly [name: string, value: string])[] | undefined
  /** Headers not to send. */
  readonly removeHeaders?: readonly string[] | undefined
  /** Headers to send, and to leave out of the signature. */
  readonly unsignHeaders?: readonly string[] | undefined
  readonly region?: string | undefined
  /** Signing name of the service. */
  readonly service?: string | undefined
  readonly algorithm?: string | undefined
  /** Payload hash to sign, or a keyword. */
  readonly payloadHash?: string | undefined
  /** What to add to the local clock, in seconds. */
  readonly clockOffset?: number | undefined
}

/** One cause, and how sure it is. */
export interface Verdict {
  /** Number in the catalogue: `M37`. It never changes. */
  readonly id: string
  /** Name in the catalogue: `path-reserved-bare`. It never changes. */
  readonly code: string
  readonly grade: Grade
  readonly line?: DifferingLine | undefined
  /** What is so, in one sentence, with its values. */
  readonly finding: string
  /** What to do, in one sentence. */
  readonly fix: string
  readonly correction?: Correction | undefined
}

/** What the server answered, in a few words that are fit to be shown. */
export interface AnswerSummary {
  /** 0 where it is not known. */
  readonly status: number
  /** AWS's code, such as `SignatureDoesNotMatch`. */
  readonly code?: string | undefined
  /** What the code, or the message, is about. */
  readonly kind: ErrorKind
  readonly requestId?: string | undefined
}

/** What there is to say about a refusal. */
export interface Explanation {
  /** Best first, all of one grade: a lower grade is not told where there is a higher one. Empty: no cause was found. */
  readonly verdicts: readonly Verdict[]
  /** Codes of the causes that the evidence speaks against. */
  readonly ruledOut: readonly string[]
  /** Whether the signature, or what it is made of, is the trouble. */
  readonly isSignatureProblem: boolean
  /**
   * Whether the signature is the given key's, of what the server computed, or would: then the server has another
   * secret, or refuses for another reason. `undefined` where there was no key to try.
   */
  readonly isSignatureRight?: boolean | undefined
  /** How far the server's canonical request, if it told it, can be relied on. */
  readonly echo: EchoState
  readonly answer?: AnswerSummary | undefined
  /** How many texts were tried with the key. */
  readonly searched: number
  /**
   * Whether the search stopped at its limit, with texts left to try: then causes that go together are not ruled out,
   * nor is a single one that `ruledOut` does not name.
   */
  readonly isSearchCutShort: boolean
}

/**
 * A proof that was read: the request to STS that it stands for, and what its signature says.
 *
 * @module
 */
import type { StsHost } from '../tokens/sts-hosts.ts'

/** The request, ready to be sent, in either form. */
export interface ProofRequest {
  readonly method: 'GET' | 'POST'
  /** Made of parts that were checked, or checked as a whole. */
  readonly url: string
  /** The only headers that are sent on. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: string
  readonly host: StsHost
  /** The instant of the signature. */
  readonly date: Date
  /** Tells proofs apart however they are wrapped up. */
  readonly signature: string
}

/** What the reader of a proof has to know. */
export interface ProofRules {
  /** Who the proof must be for. */
  readonly audience: string
  /** Name of the header that carries it, lower case. */
  readonly audienceHeader: string
  /** The partition whose STS may be asked, where there is no list of hosts. */
  readonly partition: string
  /** The hosts of STS that may be asked. */
  readonly allowedHosts: ReadonlySet<string> | undefined
  /** The one host that proofs in the signed form are sent to. */
  readonly stsHost: string | undefined
}

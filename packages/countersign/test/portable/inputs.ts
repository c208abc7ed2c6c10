/**
 * What the suite is given from outside: files that a browser cannot read by itself.
 *
 * @module
 */

/** A request of the project's own vectors. */
export interface OwnRequest {
  readonly name: string
  readonly method: string
  readonly url: string
  readonly service: string
  readonly region: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string
  readonly isTemporary?: boolean
}

/** The requests of `test/vectors/own`, and what botocore and the AWS Common Runtime made of them. */
export interface OwnVectors {
  readonly given: {
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
    readonly sessionToken: string
    readonly date: string
    readonly requests: readonly OwnRequest[]
  }
  readonly answers: readonly {
    readonly tool: string
    readonly cases: readonly {
      readonly name: string
      readonly authorization: string
      readonly presigned?: string
    }[]
  }[]
}

/** A pair of keys in PEM. */
export interface KeyPair {
  readonly privateKey: string
  readonly publicKey: string
}

/** Everything that the suite reads. */
export interface Inputs {
  /** The entry points of the package, such as `countersign/verify`. */
  readonly entryPoints: readonly string[]
  /** Made for one run of all runtimes. */
  readonly keys: { readonly rsa: KeyPair; readonly ec: KeyPair }
  readonly own: OwnVectors
  /** The published vectors by file, as far as they are there. */
  readonly published: Readonly<Record<string, unknown>>
}

export const DATE: Date = new Date('2026-11-22T12:34:56Z')
export const CREDENTIALS: { readonly accessKeyId: string; readonly secretAccessKey: string } = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
export const TOKEN = 'AQoEXAMPLEH4aoAH0gNCAPyJxz4BlCFFxWNE1OPTgk5TthT+FvwqnKwRcOIfrRh3c/LTo6UD=='
export const now = (): Date => DATE
/** Finds the one caller that there is. */
export const secrets = (accessKeyId: string): { secretAccessKey: string; principal: string } | undefined =>
  accessKeyId === CREDENTIALS.accessKeyId
    ? { secretAccessKey: CREDENTIALS.secretAccessKey, principal: 'alice' }
    : undefined

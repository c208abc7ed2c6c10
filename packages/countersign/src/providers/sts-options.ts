/**
 * What the providers that ask STS have in common.
 *
 * @module
 */
import type { Credentials, CredentialsProvider, KeyCredentials } from '../credentials/credentials.ts'
import type { SendFunction } from '../sign/send-once.ts'

/** How STS is asked. */
export interface StsOptions {
  /** Region whose STS is asked; tokens of the global endpoint are not good everywhere. */
  readonly region: string
  /** URL of another STS: a VPC endpoint's, or that of a store with an STS of its own. */
  readonly endpoint?: string | undefined
  /** Life of the credentials, in seconds; by default what STS gives. */
  readonly duration?: number | undefined
  /** What sends the request; the runtime's own `fetch` by default. */
  readonly fetch?: SendFunction | undefined
  /** How long that may take, in seconds; 10 by default. */
  readonly timeout?: number | undefined
  /** Lets the keys of the answer travel over plain http. From this machine itself they always may. */
  readonly allowPlainHttp?: boolean | undefined
  /** The clock. */
  readonly now?: (() => Date) | undefined
}

/** Who asks. */
export interface StsCaller {
  /** Credentials, or what gives them when asked. */
  readonly credentials: Credentials | KeyCredentials | CredentialsProvider
  /** For those who must show a second factor. */
  readonly mfa?: Mfa | undefined
}

/** A second factor. */
export interface Mfa {
  /** Serial number or ARN of the device. */
  readonly serialNumber: string
  /** Asks for the six digits, each time that new credentials are needed. */
  readonly code: () => string | Promise<string>
}

/** What a role is assumed with. */
export interface RoleOptions {
  readonly roleArn: string
  /** Shows in CloudTrail; by default `countersign-` and the time. */
  readonly roleSessionName?: string | undefined
  /** An IAM policy in JSON: what it does not allow is taken from what the role may do. */
  readonly policy?: string | undefined
  /** ARNs of managed policies, likewise. */
  readonly policyArns?: readonly string[] | undefined
}

/**
 * Tokens for EKS and everything else that runs aws-iam-authenticator: `k8s-aws-v1.aHR0cHM6Ly9zdHMu…`, a presigned
 * `GetCallerIdentity` that names the cluster.
 *
 * @see {@link https://docs.aws.amazon.com/eks/latest/userguide/cluster-auth.html}
 * @module
 */
import { presignCallerIdentity, type StsOptions } from './caller-identity.ts'
import { readHeaderText } from './token-names.ts'
import type { AuthToken, ExpiringTokenOptions } from './token-options.ts'

/** Options of {@link createEksToken}. */
export interface EksTokenOptions extends ExpiringTokenOptions, StsOptions {
  /** Name of the cluster. */
  readonly clusterName: string
}

/** The header in which aws-iam-authenticator looks for the cluster. */
const CLUSTER_HEADER = 'x-k8s-aws-id'

/**
 * Makes a bearer token for the API server of a cluster. It lives for at most 15 minutes.
 *
 * @throws {@link SigningError} `OPTION_INVALID`, `SCOPE_UNKNOWN`, `EXPIRY_INVALID`
 * @throws {@link CredentialsError} `CREDENTIALS_INVALID`, `CREDENTIALS_EXPIRED`
 */
export function createEksToken(options: EksTokenOptions): AuthToken {
  return presignCallerIdentity(options, [
    [CLUSTER_HEADER, readHeaderText(options.clusterName, 'clusterName')],
  ])
}

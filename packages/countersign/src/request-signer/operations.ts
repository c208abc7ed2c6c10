/**
 * Operations that are not signed as their service is: those that take no authentication, and those whose body is not
 * signed. The table is that of AWS's own service models.
 *
 * @module
 */

/** Signing name of the service, its operations. */
type OperationTable = ReadonlyMap<string, ReadonlySet<string>>

// The service has two signing names, the second since it has an operation that is signed.
const OIDC: ReadonlySet<string> = new Set(['CreateToken', 'RegisterClient', 'StartDeviceAuthorization'])

const WITHOUT_AUTHENTICATION: OperationTable = new Map([
  ['cognito-identity', new Set(['GetCredentialsForIdentity', 'GetId', 'GetOpenIdToken', 'UnlinkIdentity'])],
  [
    'cognito-idp',
    new Set([
      'ChangePassword',
      'ConfirmForgotPassword',
      'ConfirmSignUp',
      'DeleteUser',
      'DeleteUserAttributes',
      'ForgotPassword',
      'GetUser',
      'GetUserAttributeVerificationCode',
      'InitiateAuth',
      'ResendConfirmationCode',
      'RespondToAuthChallenge',
      'SetUserSettings',
      'SignUp',
      'UpdateUserAttributes',
      'VerifyUserAttribute',
    ]),
  ],
  ['sts', new Set(['AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity'])],
  ['awsssoportal', new Set(['GetRoleCredentials', 'ListAccountRoles', 'ListAccounts', 'Logout'])],
  ['awsssooidc', OIDC],
  ['sso-oauth', OIDC],
])

const WITHOUT_BODY: OperationTable = new Map([
  ['backup-storage', new Set(['NotifyObjectComplete', 'PutChunk', 'PutObject'])],
  ['ebs', new Set(['PutSnapshotBlock'])],
  ['lex', new Set(['PostContent', 'RecognizeUtterance'])],
  ['mediastore', new Set(['PutObject'])],
  ['omics', new Set(['UploadReadSetPart'])],
  ['s3', new Set(['WriteGetObjectResponse'])],
  ['s3-object-lambda', new Set(['WriteGetObjectResponse'])],
])

/** Whether an operation is called without any authentication. */
export function takesNoAuthentication(service: string | undefined, operation: string): boolean {
  return WITHOUT_AUTHENTICATION.get(service ?? '')?.has(operation) ?? false
}

/** Whether the body of an operation stays out of its signature. */
export function leavesBodyUnsigned(service: string | undefined, operation: string): boolean {
  return WITHOUT_BODY.get(service ?? '')?.has(operation) ?? false
}

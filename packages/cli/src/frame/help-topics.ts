/**
 * The texts of `countersign help TOPIC`.
 *
 * @module
 */

const EXIT_CODES = `Exit codes

    0  done; what was to be verified is valid
    1  a fault of countersign itself, of the key store, or of the address to listen on
    2  the command line, or a file that it names, cannot be used
    3  no usable credentials, or expired ones
    4  network: name, connection, TLS, timeout; trying again may help
    5  refused for the signature; what was checked is not valid, malformed or over
    6  refused for the clock, or a presigned URL from the future
    7  refused for a permission: the signature was right
   22  another HTTP status from 400 on, or a redirect that is not followed
  130  stopped by Ctrl-C
  143  stopped by SIGTERM

They are part of the interface and do not change their meaning.
`

const ENVIRONMENT = `Environment

  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
                                credentials, unless a profile is named
  AWS_PROFILE                   a profile of AWS's files; it wins over the three above
  AWS_REGION, AWS_DEFAULT_REGION
                                the region, in this order, where flags and host do not tell it
  AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE
                                AWS's files, by default ~/.aws/config and ~/.aws/credentials
  AWS_EC2_METADATA_DISABLED     true asks no instance for credentials
  AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, ...
                                as AWS's own chain of credentials reads them
  HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY
                                the way of send, proxy and gateway, in lower case too: --proxy wins
  AWS_CA_BUNDLE                 whom send trusts over TLS: --cacert wins over it
  COUNTERSIGN_MASTER_KEY        the master key of the gateway's store of keys
  COUNTERSIGN_MFA_CODE          the code for a profile with mfa_serial: --mfa-code wins over it
  CI                            true asks nothing at the terminal, and adds nothing to a lock file of --pin
  COUNTERSIGN_NO_CONFIG         no file with defaults of flags is read: countersign help config
  XDG_CONFIG_HOME               where yours is; by default ~/.config
  COUNTERSIGN_NO_RECORD         no refusal is kept for countersign explain last
  XDG_STATE_HOME                where it is kept; by default ~/.local/state
  NO_COLOR, CLICOLOR_FORCE, TERM
                                colour: --color wins over them
`

const CREDENTIALS = `Credentials

No flag takes a secret: flags show in the list of processes and in the shell's history.

Flags, each of which wins over the environment:
  --credentials FILE            JSON: AccessKeyId, SecretAccessKey, SessionToken, Expiration, as
                                "aws configure export-credentials" prints it, or in camelCase
  --credentials -               the same on standard input
  --credentials process:COMMAND the same from a command's output
  --access-key-id ID --secret-stdin
                                the secret on standard input, in one line
  --access-key-id ID --signing-key FILE
                                a derived key; it signs for its day, region and service alone
  --profile NAME                a profile of AWS's files
  --mfa-code CODE               for a profile with mfa_serial, else COUNTERSIGN_MFA_CODE, else it is asked for
                                at the terminal, unless --no-input or CI=true is there

Otherwise, as AWS's own chain has it:
  1. AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, unless AWS_PROFILE names a profile
  2. the profile: keys, SSO, role_arn, source_profile, credential_process, login
  3. a web identity token, for instance of Kubernetes
  4. a container, then the instance, which has one second to answer

With -v the source that won is said. Standard input can be read by one flag.
`

const CANONICALIZATION = `Canonicalization

A signature is made over two texts. countersign canon URL shows both, and -vv of sign, presign and send does.

The canonical request has six parts, with a line end between them:
  1. the method
  2. the path. For S3 each byte is percent-encoded once, and nothing is tidied up. For all others // and dot
     segments are taken out, and what is encoded already is encoded once more: %20 becomes %2520
  3. the query: names and values percent-encoded, sorted by name and then by value. A blank is %20, never +;
     a name without a value gets an =
  4. the signed headers: lower case, sorted, blanks at the ends of values cut off and those within made one;
     a header that stands twice has its values joined with commas
  5. their names, with ; between them
  6. SHA-256 of the body in hex, or UNSIGNED-PAYLOAD

The string to sign has four lines:
  AWS4-HMAC-SHA256
  20261122T123456Z                           the time of the request, in UTC
  20261122/eu-west-1/s3/aws4_request         the scope: day, region, service
  SHA-256 of the canonical request in hex

The key is derived from the secret in four steps, over day, region, service and aws4_request:
countersign canon --ladder shows them. The signature is HMAC-SHA256 of the string to sign with it.

Where two signers do not agree, compare their texts line by line: the first line that differs is the cause.
`

const CONFIG = `Configuration

Defaults of flags, in YAML. Nothing is read but these two files, where they are there:

  ~/.config/countersign/config.yaml
                      your own; in $XDG_CONFIG_HOME where that is set, on Windows in %APPDATA%
  .countersign.yaml   of a project: in the working directory, or the nearest above it, up to the root of the
                      repository or your home directory; outside of both in the working directory alone

  all:                options that several verbs have, for all of them
    region: eu-west-1
  send:               options of one verb, without their dashes
    retry: 3
    progress: false   in place of --no-progress
    header: ['x-team: search']
  presign check:      those of what is below a verb
    color: never

Flags go before the environment, then comes the project's file, then your own. Service and region of a file are
taken where the host does not tell them. An option that may be repeated adds to what a file sets.
--no-OPTION undoes what a file sets: --no-retry, --no-header, --progress. COUNTERSIGN_NO_CONFIG=1 reads no file.

A project's file holds for whoever enters its folder, so that it may set these alone:
  service, region, algorithm (v4, v4a), sign-headers (minimal, sdk, all), expires (up to 1h, of tokens 15m),
  retry (up to 10), max-time, connect-timeout, chunked, trailer, fail, fail-with-body, show-error, progress,
  input, format, json, verbose (up to 2), color

  countersign config explain        what the files set, checked
  countersign config explain VERB   each option of a verb, with where its value is from
  countersign config path           where the files are

gateway and proxy have files of their own: --config FILE, and --explain-config.
`

/** Texts by their topics. */
export const TOPICS: ReadonlyMap<string, string> = new Map([
  ['exit-codes', EXIT_CODES],
  ['environment', ENVIRONMENT],
  ['config', CONFIG],
  ['credentials', CREDENTIALS],
  ['canonicalization', CANONICALIZATION],
])

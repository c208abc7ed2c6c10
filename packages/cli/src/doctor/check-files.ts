/**
 * Looks for what AWS's tools would pass over without a word: settings that nobody knows, sections that are no profiles.
 *
 * @module
 */
import { profilesOf, sectionOf, type AwsFile, type Section } from '../credentials/aws-files.ts'
import { fine, suspect, wrong, type Finding } from './finding.ts'

/** All settings that AWS's tools document, in either file. */
const KNOWN: ReadonlySet<string> = new Set(
  `account_id_endpoint_mode api_versions auth_scheme_preference aws_access_key_id aws_account_id aws_secret_access_key
  aws_security_token aws_session_token ca_bundle cli_auto_prompt cli_binary_format cli_follow_urlparam cli_history
  cli_pager cli_timestamp_format credential_process credential_source defaults_mode disable_request_compression
  duration_seconds ec2_metadata_service_endpoint ec2_metadata_service_endpoint_mode ec2_metadata_v1_disabled
  endpoint_discovery_enabled endpoint_url external_id ignore_configured_endpoint_urls login_session max_attempts
  metadata_service_num_attempts metadata_service_timeout mfa_serial output parameter_validation region
  request_checksum_calculation request_min_compression_size_bytes response_checksum_validation retry_mode role_arn
  role_session_name s3 s3api s3_disable_express_session_auth s3_disable_multiregion_access_points
  s3_us_east_1_regional_endpoint s3_use_arn_region sdk_ua_app_id services sigv4a_signing_region_set source_profile
  sso_account_id sso_region sso_registration_scopes sso_role_name sso_session sso_start_url sts_regional_endpoints
  tcp_keepalive use_dualstack_endpoint use_fips_endpoint web_identity_token_file`.split(/\s+/),
)

/** Settings that begin so belong to other tools. */
const FOREIGN = /^(?:x_|cli_|granted_|saml|aws_expiration|credential_process_|toolkit_)/
const OTHER_SECTIONS = /^(?:default$|profile |sso-session |services |plugins$|preview$|toolkit)/

/** Looks at both files. */
export function checkFiles(files: readonly AwsFile[], profile: string | undefined): readonly Finding[] {
  const findings = files.flatMap((file) => checkFile(file))
  if (profile !== undefined && !files.some((file) => sectionOf(file, profile))) {
    const known = profilesOf(files)
    const fix = known.length > 0 ? `take one of ${known.join(', ')}` : 'aws configure --profile NAME'
    findings.push(wrong('profile', `there is no profile ${profile} in AWS's files`, fix))
  }
  return findings
}

function checkFile({ path, kind, sections, problem }: AwsFile): readonly Finding[] {
  if (problem !== undefined) {
    return [suspect('files', `${path} cannot be read (${problem})`, 'look at who may read it')]
  }
  if (!sections) return [fine('files', `${path} is not there`)]
  const odd = sections.flatMap((section) => checkSection(path, kind, section))
  return odd.length > 0 ? odd : [fine('files', `${path}, ${sections.length} sections`)]
}

function checkSection(
  path: string,
  kind: AwsFile['kind'],
  { title, line, settings }: Section,
): readonly Finding[] {
  if (kind === 'config' && !OTHER_SECTIONS.test(title)) {
    const fix = `write it as [profile ${title}]`
    return [suspect('files', `${path}:${line} has a section [${title}] that nobody reads`, fix)]
  }
  if (kind === 'credentials' && title.startsWith('profile ')) {
    const fix = `write it as [${title.slice('profile '.length)}]: only the configuration file has "profile" there`
    return [suspect('files', `${path}:${line} has a section [${title}] that nobody reads`, fix)]
  }
  if (/^(?:plugins|preview|toolkit|services )/.test(title)) return []
  return settings
    .filter(({ name }) => !KNOWN.has(name.toLowerCase()) && !FOREIGN.test(name))
    .map((setting) =>
      suspect(
        'files',
        `${path}:${setting.line} sets ${setting.name}, which nobody reads`,
        'look at how it is spelt',
      ),
    )
}

/**
 * Causes of signed URLs and cookies of CloudFront, as far as their text shows them.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-signed-urls.html}
 * @module
 */
import { parseQuery } from '../../core/canonical-query.ts'
import { decodeUri } from '../../core/uri-encoding.ts'
import type { Case } from '../case.ts'
import type { Cause } from '../cause.ts'
import { isCode } from './answered.ts'

function parametersOf({ request }: Case): ReadonlyMap<string, string> {
  return new Map(parseQuery(request.query, 'plus').map(([name, value]) => [name, decodeUri(value)]))
}

/** The first fault that the text has. */
function faultOf(evidence: Case): string | undefined {
  const parameters = parametersOf(evidence)
  const [signature = '', policy = '', keyPair = '', expires = ''] = [
    'Signature',
    'Policy',
    'Key-Pair-Id',
    'Expires',
  ].map((name) => parameters.get(name))
  if (signature === '' || (policy === '' && expires === '')) return undefined
  if (keyPair === '') return 'Key-Pair-Id is missing'
  if (/^\d{12,}$/.test(expires)) return 'Expires is in milliseconds, and seconds are due'
  if (expires !== '' && !/^\d+$/.test(expires)) return 'Expires is no number of seconds'
  for (const [name, text] of [
    ['Signature', signature],
    ['Policy', policy],
  ] as const) {
    if (/[+/=]/.test(text)) return `${name} has + / =, which CloudFront writes as - ~ _`
  }
  return policy === '' ? undefined : faultOfPolicy(policy, evidence)
}

function faultOfPolicy(encoded: string, { evidence }: Case): string | undefined {
  const text = decodePolicy(encoded)
  if (text === undefined) return 'Policy is no base64'
  if (/[\s](?=(?:[^"]*"[^"]*")*[^"]*$)/.test(text))
    return 'the policy has blanks or line ends, which CloudFront wants out'
  const time = /"AWS:EpochTime":(\d+)/.exec(text)?.[1]
  if (time !== undefined && time.length > 11) return 'AWS:EpochTime is in milliseconds, and seconds are due'
  const resource = /"Resource":"([^"]*)"/.exec(text)?.[1]
  if (resource === undefined) return 'the policy names no resource'
  const { host = '', target } = evidence.request
  const url = `${evidence.request.protocol ?? 'https'}://${host}${target.replace(/[?&](?:Policy|Expires|Signature|Key-Pair-Id|Hash-Algorithm)=.*$/, '')}`
  return host !== '' && !covers(resource, url) ? 'the resource of the policy is not this URL' : undefined
}

function covers(resource: string, url: string): boolean {
  const pattern = resource
    .replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${pattern.replace(/^http\.\.\*/, 'https?')}$`).test(url)
}

function decodePolicy(text: string): string | undefined {
  try {
    return atob(text.replace(/-/g, '+').replace(/_/g, '=').replace(/~/g, '/'))
  } catch {
    return undefined
  }
}

const SAID = ['MalformedPolicy', 'MissingKey', 'AccessDenied', 'InvalidKey', 'MalformedSignature']

const cloudFront: Cause = {
  id: 'M85i',
  code: 'cloudfront',
  title: 'A signed URL of CloudFront has a part that it cannot read',
  family: 'presigned',
  fix: 'Make the URL with countersign cloudfront, and check it with countersign cloudfront check.',
  detect: (evidence) => {
    const fault = faultOf(evidence)
    if (fault === undefined) return []
    const isStated = isCode(evidence, ...SAID.filter((code) => code !== 'AccessDenied'))
    return [
      {
        grade: isStated ? 'stated' : 'likely',
        finding: `In the URL of CloudFront, ${fault}.`,
        fix: cloudFront.fix,
      },
    ]
  },
}

/** The cause. */
export const CLOUDFRONT: readonly Cause[] = [cloudFront]

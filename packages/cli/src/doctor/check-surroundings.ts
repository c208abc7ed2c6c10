/**
 * Looks at what else decides over a request: the region, proxies, endpoints of the environment, and Node itself.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { parseProxy } from '@countersign/gateway/outgoing-proxy'
import type { ScopeFlags } from '../frame/options.ts'
import { sectionOf, type AwsFile } from '../credentials/aws-files.ts'
import { fine, suspect, wrong, type Finding } from './finding.ts'

/** Looks at the region that is taken where a host does not tell its own. */
export function checkRegion(
  { region: given, configuredRegion }: Pick<ScopeFlags, 'region' | 'configuredRegion'>,
  profile: string,
  files: readonly AwsFile[],
): readonly Finding[] {
  const places: (readonly [region: string, from: string])[] = []
  if (given) places.push([given, '--region'])
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) {
    const region = process.env[name]
    if (region) places.push([region, name])
  }
  if (configuredRegion) places.push([configuredRegion.value, configuredRegion.from])
  for (const file of files) {
    const setting = sectionOf(file, profile)?.settings.find(({ name }) => name.toLowerCase() === 'region')
    if (setting?.value) places.push([setting.value, `${file.path}:${setting.line}`])
  }
  const [first, ...others] = places
  if (!first) {
    const fix = 'set AWS_REGION, or give --region, for hosts that do not tell their region'
    return [suspect('region', 'no region is set', fix)]
  }
  const [region, from] = first
  const other = others.find(([name]) => name !== region)
  return [
    ...checkSpelling(region, from),
    ...(other
      ? [suspect('region', `${other[0]} (from ${other[1]}) is passed over`, `${from} comes first`)]
      : []),
  ]
}

function checkSpelling(region: string, from: string): readonly Finding[] {
  if (/^[a-z]{2,}(?:-[a-z]+)+-\d+[a-z]$/.test(region)) {
    const fix = `write it as ${region.slice(0, -1)}`
    return [wrong('region', `${region} (from ${from}) is an availability zone, and no region`, fix)]
  }
  if (/^[a-z0-9-]+$/.test(region)) return [fine('region', `${region} (from ${from})`)]
  return [wrong('region', `${JSON.stringify(region)} (from ${from}) is no region`, 'write it as eu-west-1')]
}

const PROXIES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY']

/** Looks at proxies, as `send` reads them: names in lower case come first. */
export function checkProxies(): readonly Finding[] {
  const findings = PROXIES.flatMap((name) => {
    const used = process.env[name.toLowerCase()] ? name.toLowerCase() : name
    const value = process.env[used]
    if (!value) return []
    const differs = used !== name && process.env[name] && process.env[name] !== value
    const told = differs ? [suspect('proxy', `${name} is passed over for ${used}`, 'set them alike')] : []
    return [name === 'NO_PROXY' ? fine('proxy', `${used}=${value}`) : checkProxy(used, value), ...told]
  })
  return findings.length > 0 ? findings : [fine('proxy', 'none')]
}

function checkProxy(name: string, value: string): Finding {
  const url = parseProxy(value)?.url
  if (url) return fine('proxy', `${name}=${url.protocol}//${url.username ? '[redacted]@' : ''}${url.host}`)
  return wrong(
    'proxy',
    `${name} is no proxy that is spoken to over http or https`,
    `set ${name}=http://HOST:PORT`,
  )
}

/** Looks at variables of AWS's tools that lead elsewhere, at trust, and at Node. */
export function checkEnvironment(): readonly Finding[] {
  const endpoints = Object.entries(process.env)
    .filter(([name, value]) => /^AWS_ENDPOINT_URL(?:_|$)/.test(name) && value)
    .map(([name, value = '']) => {
      const shown = URL.canParse(value) ? new URL(value).host : 'no URL'
      const message = `${name} leads AWS's tools to ${shown}; countersign signs for the URL that it is given`
      return suspect('endpoint', message, 'give that URL, or unset the variable')
    })
  const bundle = process.env['AWS_CA_BUNDLE']
  const isLost = bundle !== undefined && bundle !== '' && !existsSync(bundle)
  return [
    ...endpoints,
    ...(isLost
      ? [wrong('trust', `AWS_CA_BUNDLE is not there: ${bundle}`, 'unset it, or put the file back')]
      : []),
    ...(process.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0'
      ? [suspect('trust', 'NODE_TLS_REJECT_UNAUTHORIZED=0 trusts any server', 'unset it; use --cacert')]
      : []),
    checkNode(process.versions.node),
  ]
}

/** Whether Node is new enough. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isEnough = major > 20 || (major === 20 && minor >= 19)
  return isEnough
    ? fine('node', version)
    : wrong('node', `${version} is too old`, 'install Node 20.19 or newer')
}

/**
 * Prints the settings of a gateway or a proxy, each with where it comes from. No setting is a secret.
 *
 * @module
 */
import type { Address, GatewaySettings } from '@countersign/gateway'
import type { Output } from '../frame/output.ts'

/** Prints them. */
export function explainConfig(
  verb: 'gateway' | 'proxy',
  settings: GatewaySettings,
  origins: ReadonlyMap<string, string>,
  output: Output,
): void {
  const { routes, ...rest } = settings
  const [only] = routes
  const isListed = routes.length > 1 || origins.get('routes') !== 'default'
  const tree = isListed || !only ? { ...rest, routes } : { ...only, ...rest }
  const rows = flatten(tree).map(([path, value]) => ({ path, value, from: originOf(path, origins) }))
  if (output.isJson) return output.writeJson(verb, { settings: rows })
  const width = Math.max(...rows.map(({ path }) => path.length))
  for (const { path, value, from } of rows) output.write(`${path.padEnd(width)}  ${value}  (${from})\n`)
}

/** A setting of a list is given where the list is. */
function originOf(path: string, origins: ReadonlyMap<string, string>): string {
  for (let at = path; at !== ''; at = at.replace(/[.[]?[^.[]*$/, '')) {
    const origin = origins.get(at)
    if (origin !== undefined) return origin
  }
  return 'default'
}

function flatten(value: object, prefix = ''): [path: string, value: string][] {
  return Object.entries(value).flatMap(([name, entry]: [string, unknown]): [string, string][] => {
    const path = Array.isArray(value) ? `${prefix.slice(0, -1)}[${name}]` : prefix + name
    const text = textOf(entry)
    return text === undefined ? flatten(entry as object, `${path}.`) : [[path, text]]
  })
}

/** A setting as text; `undefined` for a group of settings. */
function textOf(entry: unknown): string | undefined {
  if (entry instanceof URL) return entry.href
  if (Array.isArray(entry) && !entry.some((each) => typeof each === 'object')) return entry.join(', ') || '-'
  if (entry === undefined) return '-'
  if (typeof entry !== 'object' || entry === null) return JSON.stringify(entry).replace(/^"(.*)"$/, '$1')
  if (Object.keys(entry).length === 0) return '-'
  return isAddress(entry) ? formatAddress(entry) : undefined
}

function formatAddress({ host, port }: Address): string {
  return host.startsWith('unix:') ? host : `${host}:${port}`
}

function isAddress(value: object): value is Address {
  return 'host' in value && 'port' in value
}

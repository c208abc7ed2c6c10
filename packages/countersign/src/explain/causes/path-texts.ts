/**
 * What causes in the path have in common.
 *
 * @module
 */
import type { Case } from '../case.ts'
import type { Change } from '../change.ts'

/** Paths as changes, without those that change nothing. */
export function paths(received: string, ...variants: readonly string[]): Change[] {
  return [...new Set(variants)].filter((path) => path !== received).map((path) => ({ path }))
}

/** Whether the service encodes a path once, as S3 does. */
export function isSingle({ rules }: Case): boolean {
  return rules.pathEncoding === 'single'
}

/** The path as it stands on the wire, or as it was given. */
export function rawPath({ wire, request }: Case): string {
  return (wire ?? request).path
}

/** The request's target with another path. */
export function targetWith({ request }: Case, path: string): string {
  return request.hasQuery ? `${path}?${request.query}` : path
}

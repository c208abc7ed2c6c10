/**
 * Runs `countersign send` for the service and the region that the test servers are for.
 *
 * @module
 */
import { countersign, KEY, type Run, type RunOptions } from '../../kit/run-command.ts'

/** What every run is told. */
export const SCOPE: readonly string[] = ['--service', 's3', '--region', 'us-east-1']

/** Runs `countersign send`, with the test key in the environment. */
export function send(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  return countersign(['send', ...SCOPE, ...args], { ...options, env: { ...KEY, ...options.env } })
}

/** A key with a session token. */
export const TEMPORARY: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: 'ASIAIOSFODNN7EXAMPLE',
  AWS_SESSION_TOKEN: 'AQoEXAMPLEtokenAQoEXAMPLEtoken/+=AQoEXAMPLEtoken',
}

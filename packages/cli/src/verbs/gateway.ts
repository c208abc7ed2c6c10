/**
 * The verb `gateway`.
 *
 * @module
 */
import type { Command } from 'commander'
import { createVerbCommand } from '../frame/options.ts'

/** Makes the command. */
export function createCommand(): Command {
  return createVerbCommand('gateway', '')
}

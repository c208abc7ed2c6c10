/**
 * `countersign completion`: prints the script that makes a shell complete verbs, options, profiles, regions, services and
 * headers; or a manual page. They are the same for everybody, and lie beside the command.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import { Argument, type Command } from 'commander'
import { addExamples, createVerbCommand } from '../frame/options.ts'
import { createOutput } from '../frame/output.ts'
import type { VerbTable } from '../frame/verb.ts'

/** Makes the command. */
export function createCommand(_isWhole = false, verbs: VerbTable = new Map()): Command {
  const command = createVerbCommand('completion', 'Prints what makes a shell complete the command line.')
    .addArgument(
      new Argument('<shell>', 'man prints the manual page').choices(['bash', 'zsh', 'fish', 'man']),
    )
    .argument('[verb]', 'whose manual page it is')
  addExamples(command, [
    'completion bash > ~/.local/share/bash-completion/completions/countersign',
    'completion zsh > "${fpath[1]}/_countersign"',
    'completion fish > ~/.config/fish/completions/countersign.fish',
    'completion man presign | man -l -',
  ])
  return command.action(async (shell: string, verb: string | undefined) => {
    createOutput({}).write(readText(shell, verb) ?? (await makeText(shell, verb, verbs)))
  })
}

/** What the build wrote; the folder is two up from here, and from the bundle of this module. */
function readText(shell: string, verb: string | undefined): Uint8Array | undefined {
  if (verb !== undefined && !/^[a-z-]+$/.test(verb)) return undefined
  const page = verb === undefined ? 'countersign.1' : `countersign-${verb}.1`
  const name = shell === 'man' ? `man/${page}` : `completion/${shell}`
  const file = new URL(`../../dist/${name}`, import.meta.url)
  return existsSync(file) ? readFileSync(file) : undefined
}

/** What the build writes, and why there is no page of what is no verb. */
async function makeText(shell: string, verb: string | undefined, verbs: VerbTable): Promise<string> {
  const { formatText } = await import('../completion/format-text.ts')
  return formatText(shell, verb, verbs)
}

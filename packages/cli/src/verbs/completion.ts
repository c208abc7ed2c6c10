/**
 * `countersign completion`: prints the script that makes a shell complete verbs, options, profiles, regions, services and
 * headers; or a manual page.
 *
 * @module
 */
import { Argument, type Command } from 'commander'
import { formatBash } from '../completion/bash.ts'
import { readCommandTree, type TreeCommand } from '../completion/command-tree.ts'
import { formatFish } from '../completion/fish.ts'
import { formatManual } from '../completion/manual.ts'
import { formatZsh } from '../completion/zsh.ts'
import { CommandError } from '../frame/command-error.ts'
import { addExamples, createVerbCommand } from '../frame/options.ts'
import { createOutput } from '../frame/output.ts'
import type { VerbTable } from '../frame/verb.ts'
import { readVersion } from '../frame/version.ts'

const SHELLS: ReadonlyMap<string, (tree: readonly TreeCommand[]) => string> = new Map([
  ['bash', formatBash],
  ['zsh', formatZsh],
  ['fish', formatFish],
])

/** Makes the command. */
export function createCommand(_isWhole = false, verbs: VerbTable = new Map()): Command {
  const command = createVerbCommand('completion', 'Prints what makes a shell complete the command line.')
    .addArgument(new Argument('<shell>', 'man prints the manual page').choices([...SHELLS.keys(), 'man']))
    .argument('[verb]', 'whose manual page it is')
  addExamples(command, [
    'completion bash > ~/.local/share/bash-completion/completions/countersign',
    'completion zsh > "${fpath[1]}/_countersign"',
    'completion fish > ~/.config/fish/completions/countersign.fish',
    'completion man presign | man -l -',
  ])
  return command.action(async (shell: string, verb: string | undefined) => {
    const tree = await readCommandTree(verbs)
    const format = SHELLS.get(shell)
    createOutput({}).write(format ? format(tree) : formatManual(pageOf(tree, verb), readVersion()))
  })
}

function pageOf(tree: readonly TreeCommand[], verb = ''): readonly TreeCommand[] {
  const page = tree.filter(({ path }) => path === verb || (verb !== '' && path.startsWith(`${verb} `)))
  if (page.length > 0) return page
  throw new CommandError('USAGE', `There is no verb ${verb}`, {
    why: `they are ${tree.flatMap(({ path }) => (/^[a-z-]+$/.test(path) ? [path] : [])).join(', ')}`,
    fix: 'countersign help',
  })
}

/**
 * What `countersign completion` prints, made from the commands themselves.
 *
 * @module
 */
import { CommandError } from '../frame/command-error.ts'
import type { VerbTable } from '../frame/verb.ts'
import { readVersion } from '../frame/version.ts'
import { formatBash } from './bash.ts'
import { readCommandTree, type TreeCommand } from './command-tree.ts'
import { formatFish } from './fish.ts'
import { formatManual } from './manual.ts'
import { formatZsh } from './zsh.ts'

const SHELLS: ReadonlyMap<string, (tree: readonly TreeCommand[]) => string> = new Map([
  ['bash', formatBash],
  ['zsh', formatZsh],
  ['fish', formatFish],
])

/**
 * Makes the script of a shell, or a manual page.
 *
 * @param shell or `man`
 * @param verb whose page it is; that of the whole command without
 * @throws {@link CommandError} `USAGE` where there is no such verb
 */
export async function formatText(shell: string, verb: string | undefined, verbs: VerbTable): Promise<string> {
  const tree = await readCommandTree(verbs)
  const format = SHELLS.get(shell)
  return format ? format(tree) : formatManual(pageOf(tree, verb), readVersion())
}

function pageOf(tree: readonly TreeCommand[], verb = ''): readonly TreeCommand[] {
  const page = tree.filter(({ path }) => path === verb || (verb !== '' && path.startsWith(`${verb} `)))
  if (page.length > 0) return page
  throw new CommandError('USAGE', `There is no verb ${verb}`, {
    why: `they are ${tree.flatMap(({ path }) => (/^[a-z-]+$/.test(path) ? [path] : [])).join(', ')}`,
    fix: 'countersign help',
  })
}

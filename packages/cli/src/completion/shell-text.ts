/**
 * What the scripts of the shells have in common.
 *
 * @module
 */
import type { TreeCommand, TreeOption, ValueKind } from './command-tree.ts'

/** A text in single quotes, for bash and zsh. */
export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** Names of all options with values of one kind. Only choices differ from verb to verb. */
export function namesOfKind(tree: readonly TreeCommand[], kind: ValueKind): readonly string[] {
  const options = tree.flatMap((command) => command.options).filter(({ value }) => value === kind)
  return [...new Set(options.flatMap(({ names }) => names))]
}

/** Options that have choices, each with the command that it belongs to. */
export function choicesOf(tree: readonly TreeCommand[]): readonly (readonly [TreeCommand, TreeOption])[] {
  return tree.flatMap((command) =>
    command.options.filter(({ value }) => value === 'choice').map((option) => [command, option] as const),
  )
}

/** Each command below the first as `verb word`, as the scripts follow a command line. */
export function stepsOf(tree: readonly TreeCommand[]): readonly string[] {
  return tree.filter(({ path }) => path !== '').map(({ path }) => (path.includes(' ') ? path : ` ${path}`))
}

/** Prints the profiles of AWS's files, for bash and zsh. */
export const PROFILES = `_countersign_profiles() {
  {
    sed -n -e 's/^\\[profile  *\\(.*\\)\\].*$/\\1/p' -e 's/^\\[\\(default\\)\\].*$/\\1/p' "\${AWS_CONFIG_FILE:-$HOME/.aws/config}"
    sed -n 's/^\\[\\(.*\\)\\].*$/\\1/p' "\${AWS_SHARED_CREDENTIALS_FILE:-$HOME/.aws/credentials}"
  } 2> /dev/null | sort -u
}`

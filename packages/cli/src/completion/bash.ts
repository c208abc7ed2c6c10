/**
 * The script that makes bash complete `countersign`.
 *
 * @module
 */
import type { TreeCommand } from './command-tree.ts'
import { choicesOf, namesOfKind, PROFILES, quoteForShell as quote, stepsOf } from './shell-text.ts'
import { HEADERS, REGIONS, SERVICES } from './words.ts'

/** Writes the script. bash takes `=` and `:` for words of their own, which is undone first. */
export function formatBash(tree: readonly TreeCommand[]): string {
  const isOf = (kind: Parameters<typeof namesOfKind>[1]): string => namesOfKind(tree, kind).join('|')
  const choices = choicesOf(tree).flatMap(([{ path }, { names, choices: words }]) =>
    names.map(
      (name) =>
        `    ${quote(`${path} ${name}`)}) COMPREPLY=($(compgen -W ${quote(words.join(' '))} -- "$cur")); return ;;`,
    ),
  )
  const flags = tree.map(({ path, options }) => {
    const names = options.flatMap((option) => option.names).filter((name) => name.startsWith('--'))
    return `    ${quote(path)}) flags=${quote(names.join(' '))} ;;`
  })
  const words = tree
    .filter((command) => command.words.length > 0)
    .map(
      (command) =>
        `    ${quote(command.path)}) words=${quote(command.words.map(([word]) => word).join(' '))} ;;`,
    )
  return `# Completion of countersign for bash: source <(countersign completion bash)
${PROFILES}
_countersign() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} at= word flags= words= i
  if [[ $cur == = ]]; then cur=
  elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case "$at $word" in
    ${stepsOf(tree).map(quote).join('|')}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at $prev" in
${choices.join('\n')}
  esac
  case $prev in
    ${isOf('profile')}) COMPREPLY=($(compgen -W "$(_countersign_profiles)" -- "$cur")); return ;;
    ${isOf('region')}) COMPREPLY=($(compgen -W ${quote(REGIONS.join(' '))} -- "$cur")); return ;;
    ${isOf('service')}) COMPREPLY=($(compgen -W ${quote(SERVICES.join(' '))} -- "$cur")); return ;;
    ${isOf('header')}) compopt -o nospace; COMPREPLY=($(compgen -W ${quote(HEADERS.join(' '))} -- "$cur")); return ;;
    ${isOf('file')}) compopt -o default; return ;;
    ${isOf('text')}) return ;;
  esac
  case $at in
${flags.join('\n')}
  esac
  case $at in
${words.join('\n')}
  esac
  if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$cur"))
  elif [[ -n $words ]]; then COMPREPLY=($(compgen -W "$words" -- "$cur")); fi
  [[ $cur == -* || -z $at ]] || compopt -o default
}
complete -F _countersign countersign
`
}

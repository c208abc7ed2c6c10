/**
 * The script that makes zsh complete `countersign`, with what each word means beside it.
 *
 * @module
 */
import type { TreeCommand } from './command-tree.ts'
import { choicesOf, namesOfKind, PROFILES, quoteForShell as quote, stepsOf } from './shell-text.ts'
import { HEADERS, REGIONS, SERVICES } from './words.ts'

/** Writes the script, which is sourced, or put into a folder of \`fpath\` as \`_countersign\`. */
export function formatZsh(tree: readonly TreeCommand[]): string {
  const isOf = (kind: Parameters<typeof namesOfKind>[1]): string => namesOfKind(tree, kind).join('|')
  const choices = choicesOf(tree).flatMap(([{ path }, { names, choices: words }]) =>
    names.map((name) => `    ${quote(`${path} ${name}`)}) compadd -- ${words.join(' ')}; return ;;`),
  )
  const flags = tree.map(({ path, options }) => {
    const described = options.flatMap(({ names, description }) =>
      names.map((name) => entry(name, description)),
    )
    return `    ${quote(path)}) flags=(${described.join(' ')}) ;;`
  })
  const words = tree
    .filter((command) => command.words.length > 0)
    .map(
      ({ path, words: next }) =>
        `    ${quote(path)}) next=(${next.map(([word, summary]) => entry(word, summary)).join(' ')}) ;;`,
    )
  return `#compdef countersign
# Completion of countersign for zsh: source <(countersign completion zsh)
${PROFILES}
_countersign() {
  local at= word prev=\${words[CURRENT-1]}
  local -a flags next
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
    ${stepsOf(tree).map(quote).join('|')}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at $prev" in
${choices.join('\n')}
  esac
  case $prev in
    ${isOf('profile')}) compadd -- \${(f)"$(_countersign_profiles)"}; return ;;
    ${isOf('region')}) compadd -- ${REGIONS.join(' ')}; return ;;
    ${isOf('service')}) compadd -- ${SERVICES.join(' ')}; return ;;
    ${isOf('header')}) compadd -S '' -- ${HEADERS.join(' ')}; return ;;
    ${isOf('file')}) _files; return ;;
    ${isOf('text')}) return ;;
  esac
  case $at in
${flags.join('\n')}
  esac
  case $at in
${words.join('\n')}
  esac
  if [[ $PREFIX == -* ]]; then _describe -o option flags; return; fi
  (( $#next )) && _describe command next
  [[ -z $at ]] || _files
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _countersign "$@"; else compdef _countersign countersign; fi
`
}

/** A word with its description; a colon stands between them. */
function entry(word: string, description: string): string {
  return quote(`${word.replaceAll(':', String.raw`\:`)}:${description}`)
}

/**
 * The script that makes fish complete `countersign`.
 *
 * @module
 */
import type { TreeCommand, TreeOption } from './command-tree.ts'
import { stepsOf } from './shell-text.ts'
import { HEADERS, REGIONS, SERVICES } from './words.ts'

/** A text in single quotes, for fish, where the backslash counts in them. */
const quote = (text: string): string => `'${text.replace(/[\\']/g, String.raw`\$&`)}'`

/** Writes the script. */
export function formatFish(tree: readonly TreeCommand[]): string {
  const lines = tree.flatMap((command) => {
    const here = `complete -c countersign -n ${quote(`__countersign_at ${quote(command.path)}`)}`
    const words = command.words.map(([word, summary]) => `${here} -f -a ${quote(word)} -d ${quote(summary)}`)
    return [...words, ...command.options.map((option) => `${here} ${formatOption(option)}`)]
  })
  return `# Completion of countersign for fish: countersign completion fish | source
function __countersign_at
    set -l at
    for word in (commandline -opc)[2..-1]
        switch "$at $word"
            case ${stepsOf(tree).map(quote).join(' ')}
                set at (string trim "$at $word")
        end
    end
    test "$at" = "$argv"
end
function __countersign_profiles
    set -l config $AWS_CONFIG_FILE ~/.aws/config
    set -l credentials $AWS_SHARED_CREDENTIALS_FILE ~/.aws/credentials
    begin
        test -r $config[1]; and string replace -rf '^\\[(?:profile +(.*)|(default))\\].*' '$1$2' < $config[1]
        test -r $credentials[1]; and string replace -rf '^\\[(.*)\\].*' '$1' < $credentials[1]
    end | sort -u
end
${lines.join('\n')}
`
}

function formatOption({ names, description, value, choices }: TreeOption): string {
  const spelt = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
  const values: Readonly<Record<TreeOption['value'], string>> = {
    none: '',
    text: ' -x',
    file: ' -r -F',
    choice: ` -x -a ${quote(choices.join(' '))}`,
    profile: " -x -a '(__countersign_profiles)'",
    region: ` -x -a ${quote(REGIONS.join(' '))}`,
    service: ` -x -a ${quote(SERVICES.join(' '))}`,
    header: ` -x -a ${quote(HEADERS.join(' '))}`,
  }
  return `${spelt.join(' ')}${values[value]} -d ${quote(description)}`
}

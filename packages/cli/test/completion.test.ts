/** `countersign completion`: the shells themselves complete with what it prints. */
import { describe, expect, it } from 'vitest'
import { describeWithTool } from '../../../test/kit/tools.ts'
import { VERBS } from '../src/frame/verbs.ts'
import { countersign, makeHome, runProgram } from './kit/run-command.ts'

const FILES = {
  '.aws/config': '[default]\n[profile dev]\n[profile  ops-eu]\n[sso-session corp]\n',
  '.aws/credentials': '[old]\n[dev]\n',
}

async function homeWith(shell: string): Promise<string> {
  const { stdout } = await countersign(['completion', shell])
  return makeHome({ ...FILES, script: stdout })
}

/** What is typed, and what has to be among the completions; or the one that there is. */
const CASES: readonly (readonly [typed: string, expected: readonly string[]])[] = [
  ['countersign pres', ['presign']],
  ['countersign presign ch', ['check']],
  ['countersign help exit', ['exit-codes']],
  ['countersign completion f', ['fish']],
  ['countersign config exp', ['explain']],
  ['countersign config explain pres', ['presign']],
  ['countersign help conf', ['config']],
  ['countersign sign --form', ['--format']],
  ['countersign sign --format cu', ['curl']],
  ['countersign send --algorithm s3e', ['s3express']],
  ['countersign presign check --js', ['--json']],
  ['countersign cloudfront sign --key-p', ['--key-pair-id']],
  ['countersign sign --profile o', ['old', 'ops-eu']],
  ['countersign sign --profile de', ['default', 'dev']],
  ['countersign send --region eu-cen', ['eu-central-1', 'eu-central-2']],
  ['countersign send --service execute', ['execute-api']],
  ['countersign send -H x-amz-tar', ['x-amz-target:']],
  ['countersign token code', ['codecommit']],
  ['countersign explain la', ['last']],
  ['countersign proxy --payload ch', ['chunks']],
  ['countersign gateway --log-level si', ['silent']],
  ['countersign help cau', ['cause', 'causes']],
  ['countersign help cause clock-b', ['clock-behind']],
  ['countersign verify req', ['request.http']],
  ['countersign sign --signing-key req', ['request.http']],
  ['countersign presign --pin req', ['request.http']],
]

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish', 'man'])('%s knows all verbs', async (shell) => {
    const { stdout } = await countersign(['completion', shell])
    for (const verb of VERBS.keys()) expect(stdout.replaceAll('\\-', '-')).toContain(verb)
  })

  it('has a manual page for a verb, with what is below it', async () => {
    const { stdout } = await countersign(['completion', 'man', 'presign'])
    expect(stdout).toMatch(/^\.TH COUNTERSIGN-PRESIGN 1 /)
    expect(stdout).toContain('.SH COUNTERSIGN PRESIGN CHECK\n')
    expect(stdout).toContain('.B \\-X, \\-\\-method <name>\nwhat the URL is for\n')
  })

  it.each([
    [['tcsh'], 'Allowed choices are bash, zsh, fish, man'],
    [['man', 'nothing'], 'There is no verb nothing'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await countersign(['completion', ...args])
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })
})

/** What one run of a shell prints for each of the cases, in its own part: shells take their time to start. */
async function completeAll(
  shell: string,
  program: string,
  args: readonly string[],
  typed: readonly string[],
): Promise<readonly string[]> {
  const home = await homeWith(shell)
  await runProgram('/bin/sh', ['-c', 'touch request.http'], { home })
  const { stdout, stderr } = await runProgram(program, [...args, ...typed], { home, env: { TERM: 'dumb' } })
  expect(stderr).toBe('')
  return stdout.split('----\n').slice(0, -1)
}

const sortedLines = (text: string): readonly string[] => text.trim().split('\n').toSorted()

describeWithTool('bash', 'bash', (bash) => {
  // As readline calls it, which takes = and : for words of their own.
  const COMPLETE = `
. ./script
compopt() { asked=$2; }
for line; do
  COMP_WORDS=($(printf '%s' "$line" | sed 's/[=:]/ & /g'))
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)) asked=default
  _countersign
  printf '%s\\n' "\${COMPREPLY[@]}"
  if [ "$asked" = default ] && [ \${#COMPREPLY[@]} = 0 ]; then compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"; fi
  echo ----
done`

  it('completes what is typed', async () => {
    const cases = [...CASES, ['countersign sign --format=h', ['headers', 'http']] as const]
    const typed = cases.map(([line]) => line)
    const found = await completeAll('bash', bash, ['--norc', '-c', COMPLETE, 'bash'], typed)
    expect(typed.map((line, index) => [line, sortedLines(found[index] ?? '')])).toEqual(cases)
  })
})

describeWithTool('fish', 'fish', (fish) => {
  const COMPLETE = 'source script; for line in $argv; complete -C $line; echo ----; end'

  it('completes what is typed', async () => {
    const typed = CASES.map(([line]) => line)
    const found = await completeAll('fish', fish, ['--no-config', '-c', COMPLETE], typed)
    const words = found.map((text) => sortedLines(text.replace(/\t.*/g, '')))
    expect(typed.map((line, index) => [line, words[index]])).toEqual(CASES)
  })
})

describeWithTool('fish', 'fish without files of AWS', (fish) => {
  it('completes, and says nothing', async () => {
    const { stdout: script } = await countersign(['completion', 'fish'])
    const home = makeHome({ script, '.aws/config': '[profile dev]\n' })
    const line = "source script; complete -C 'countersign sign --profile d'"
    const { stdout, stderr } = await runProgram(fish, ['--no-config', '-c', line], { home })
    expect([stdout, stderr]).toEqual([expect.stringMatching(/^dev\t/), ''])
  })
})

describeWithTool('zsh', 'zsh', (zsh) => {
  // A shell at a terminal of its own: what is typed, a tab, and then a key that shows what the line has become.
  const TYPE = String.raw`
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1=; unsetopt beep; setopt menu_complete; autoload -Uz compinit; compinit -u -D; . ./script; show() { print -r -- "<<$BUFFER>>"; zle kill-buffer }; zle -N show; bindkey "^G" show; print rea''dy'
zpty -r z shown '*ready*'
for line; do
  zpty -wn z "$line"$'\t\a'
  zpty -r z shown '*<<*>>*'
  print -r -- "$shown"
  print -- ----
done`

  it('completes what is typed', async () => {
    const typed = CASES.map(([line]) => line)
    const found = await completeAll('zsh', zsh, ['-f', '-c', TYPE, 'zsh'], typed)
    const lines = found.map((shown) => (/<<(.*)>>/.exec(shown)?.[1] ?? shown).trimEnd())
    expect(lines).toEqual(CASES.map(([line, [first = '']]) => line.replace(/\S+$/, first)))
  })
})

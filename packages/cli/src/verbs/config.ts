/**
 * `countersign config`: tells which defaults the files of the configuration set, and where they are.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { findProjectFile, isConfigOff, PROJECT_FILE, userFile } from '../config/config-files.ts'
import { addExamples, addOutputOptions, createVerbCommand } from '../frame/options.ts'
import { createOutput, type OutputFlags } from '../frame/output.ts'
import type { VerbTable } from '../frame/verb.ts'

/** Makes the command. */
export function createCommand(_isWhole = false, verbs: VerbTable = new Map()): Command {
  const command = createVerbCommand('config', 'Tells where the defaults of flags come from.')
    .usage('COMMAND [options]')
    .helpCommand(false)
  const explain = command
    .command('explain')
    .description('Tells what the files set, or each option of a verb, with where its value is from.')
    .argument('[verb...]', 'such as send, or presign check')
    .helpOption('-h, --help', 'show this')
  addOutputOptions(explain).action(async (words: readonly string[], flags: OutputFlags) => {
    const { explainSettings } = await import('../config/explain-settings.ts')
    await explainSettings(words.join(' '), verbs, createOutput(flags))
  })
  const path = command
    .command('path')
    .description('Tells where the files are, or would be.')
    .helpOption('-h, --help', 'show this')
  addOutputOptions(path).action((flags: OutputFlags) => {
    printPaths(flags)
  })
  return addExamples(command, ['config explain', 'config explain send', 'config path'])
}

function printPaths(flags: OutputFlags): void {
  const output = createOutput(flags)
  const user = { path: userFile(), isThere: existsSync(userFile()) }
  const project = findProjectFile()
  if (output.isJson) {
    output.writeJson('config-path', { user, project: project === undefined ? undefined : { path: project } })
    return
  }
  output.write(`user     ${user.path}${user.isThere ? '' : '  (not there)'}\n`)
  output.write(`project  ${project ?? `${PROJECT_FILE}  (not there)`}\n`)
  if (isConfigOff()) output.note('COUNTERSIGN_NO_CONFIG is set: neither is read')
}

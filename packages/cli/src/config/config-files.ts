/**
 * Where the command's own configuration stands: `config.yaml` of the user, and `.countersign.yaml` of a project.
 *
 * @see {@link https://specifications.freedesktop.org/basedir-spec/latest/}
 * @module
 */
import { realpathSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, isAbsolute, join, sep } from 'node:path'

/** What a project's file is called. */
export const PROJECT_FILE = '.countersign.yaml'

/** A file that is there. */
export interface ConfigFile {
  readonly kind: 'user' | 'project'
  readonly path: string
  /** How it is called for people: `~/.config/countersign/config.yaml`. */
  readonly shown: string
}

/** Whether no file is to be read: for scripts that want the same everywhere. */
export const isConfigOff = (): boolean => Boolean(process.env['COUNTERSIGN_NO_CONFIG'])

/** The files that are there, the one that wins last. */
export function findConfigFiles(): readonly ConfigFile[] {
  if (isConfigOff()) return []
  const user = userFile()
  const project = findProjectFile()
  return [
    ...(isFile(user) ? [{ kind: 'user', path: user, shown: shorten(user) } as const] : []),
    ...(project === undefined
      ? []
      : [{ kind: 'project', path: project, shown: shorten(project, process.cwd()) } as const]),
  ]
}

/** Where the user's file is, or would be. */
export function userFile(): string {
  const { env, platform } = process
  const given = platform === 'win32' ? env['APPDATA'] : env['XDG_CONFIG_HOME']
  // A relative one is to be passed over, says its specification.
  const folder = given && isAbsolute(given) ? given : join(home(), '.config')
  return join(folder, 'countersign', 'config.yaml')
}

/**
 * The project's file: that of the working directory, or the nearest above it. The home directory and the root of a
 * repository are the last that are looked at; outside of both, the working directory is the only one, because what is
 * above it may be anybody's, as in /tmp.
 */
export function findProjectFile(): string | undefined {
  const start = workingDirectory()
  if (start === undefined) return undefined
  const top = realHome()
  let found: string | undefined
  for (let folder = start; ; folder = dirname(folder)) {
    const file = join(folder, PROJECT_FILE)
    if (found === undefined && isFile(file)) found = file
    if (folder === top || isThere(join(folder, '.git'))) return found
    if (folder === dirname(folder)) return found === join(start, PROJECT_FILE) ? found : undefined
  }
}

/** A path for people: from the working directory if it is right in there, else with `~` for the home directory. */
function shorten(path: string, folder?: string): string {
  if (dirname(path) === folder) return path.slice(folder.length).replace(/^[\\/]/, '')
  const own = home() + sep
  return path.startsWith(own) ? `~${sep}${path.slice(own.length)}` : path
}

/** Always a whole path: what is relative would be looked for in whichever folder somebody is in. */
function home(): string {
  const given = process.env['HOME']
  if (given && isAbsolute(given)) return given
  try {
    return userInfo().homedir
  } catch {
    // A user without a name, as some containers have one, has no home either.
    return sep
  }
}

/** The working directory is spelt without links, and so has to be what it is compared with. */
function realHome(): string {
  try {
    return realpathSync.native(home())
  } catch {
    return home()
  }
}

/** Nothing where it was removed. */
function workingDirectory(): string | undefined {
  try {
    return process.cwd()
  } catch {
    return undefined
  }
}

/** What is no file, such as a pipe, could be read for ever. */
function isFile(path: string): boolean {
  return stats(path)?.isFile() === true
}

/** A worktree of git has a file of that name. */
const isThere = (path: string): boolean => stats(path) !== undefined

function stats(path: string): ReturnType<typeof statSync> | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

/**
 * The region of a profile, in AWS's configuration file.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * The region that a profile sets, or nothing, also where there is no such file.
 *
 * @param profile by default that of `AWS_PROFILE`, else `default`
 */
export function readProfileRegion(profile = process.env['AWS_PROFILE'] || 'default'): string | undefined {
  const file = process.env['AWS_CONFIG_FILE'] || join(process.env['HOME'] ?? homedir(), '.aws', 'config')
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
  return findRegion(text, profile)
}

/** Looks through the text of the file. Indented lines belong to the setting above them. */
export function findRegion(text: string, profile: string): string | undefined {
  let isInside = false
  let region: string | undefined
  for (const line of text.split(/\r?\n/)) {
    const section = /^\[\s*(.*?)\s*\]/.exec(line)?.[1]
    if (section !== undefined) isInside = nameOf(section) === profile
    else if (isInside) region = /^region\s*=\s*([\w-]+)/.exec(line)?.[1] ?? region
  }
  return region
}

/** The profile of a section: `default`, `profile dev`. Other sections are not for profiles. */
function nameOf(section: string): string | undefined {
  if (section === 'default') return section
  return /^profile\s+(.+)$/.exec(section)?.[1]?.replace(/^(["'])(.*)\1$/, '$2')
}

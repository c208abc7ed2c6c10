/** What a plain verb loads at its start: its own modules, and nothing of what others need. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const DIST = fileURLToPath(new URL('../dist', import.meta.url))
const IMPORT = /^(?:import|export)[^"]*"(\.[^"]+)"/gm
/** The bundler writes above each module where it was. */
const MODULE = /^\/\/ (.+\.[jt]s)$/gm

/** The files that a file of the bundle brings along, at once, and itself. */
function filesOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const [, path] of readFileSync(file, 'utf8').matchAll(IMPORT))
    filesOf(join(dirname(file), path!), seen)
  return seen
}

/** The modules of the command with a verb. */
function modulesOfVerb(verb: string): string[] {
  const files = filesOf(join(DIST, 'main.js'))
  for (const file of files) {
    const loaded = new RegExp(`import\\("(\\./(?:chunks/)?${verb}-[A-Z0-9]+\\.js)"\\)`).exec(
      readFileSync(file, 'utf8'),
    )
    if (loaded) filesOf(join(dirname(file), loaded[1]!), files)
  }
  return [...files].flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(MODULE)].map(([, name]) => name!),
  )
}

const OTHERS =
  /\/(?:verify|cloudfront|post|streaming|tokens|event-stream|checksums)\/|sigv4a|sigv2|noble\/curves/

describe('start-up', () => {
  it.each(['presign', 'sign'])('%s loads neither verifier nor curve', (verb) => {
    const modules = modulesOfVerb(verb)
    expect(modules).toContainEqual(expect.stringMatching(/countersign.dist.sign.sign-request/))
    expect(modules.filter((name) => OTHERS.test(name))).toEqual([])
  })

  it('of verify has one, so that the search finds what there is', () => {
    expect(modulesOfVerb('verify').some((name) => OTHERS.test(name))).toBe(true)
  })
})

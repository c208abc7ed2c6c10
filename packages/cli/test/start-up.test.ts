/** What a plain verb loads at its start: its own modules, and nothing of what others need. */
import { describe, expect, it } from 'vitest'
import { buildVerb, verbs } from '../build.mjs'
import { VERBS } from '../src/frame/verbs.ts'

/** The modules that a verb has loaded before it does anything. */
async function modulesOf(verb: string): Promise<readonly string[]> {
  const [start] = await buildVerb(verb)
  return start?.moduleIds ?? []
}

const OTHERS =
  /\/(?:verify|cloudfront|post|streaming|tokens|event-stream|checksums)\/|sigv4a|sigv2|noble\/curves/

describe('start-up', () => {
  it('has a bundle for each verb', () => {
    expect(verbs.toSorted()).toEqual([...VERBS.keys()].toSorted())
  })

  it.each(['presign', 'sign'])('%s loads neither verifier nor curve', async (verb) => {
    const modules = await modulesOf(verb)
    expect(modules).toContainEqual(expect.stringMatching(/countersign.dist.sign.sign-request/))
    expect(modules.filter((name) => OTHERS.test(name))).toEqual([])
  })

  it('explain loads no curve until a request needs it', async () => {
    const modules = await modulesOf('explain')
    expect(modules).toContainEqual(expect.stringMatching(/countersign.dist.explain.search/))
    expect(modules.filter((name) => /sigv4a|p256|noble\/curves|dist.verify/.test(name))).toEqual([])
  })

  it('of verify has one, so that the search finds what there is', async () => {
    expect((await modulesOf('verify')).some((name) => OTHERS.test(name))).toBe(true)
  })

  it('imports nothing, and loads no networking: code from a cache cannot import, and few runs come to it', async () => {
    for (const verb of verbs) {
      const code = (await buildVerb(verb)).map((chunk) => chunk.code).join('\n')
      expect([verb, code.match(/(?<![.\w$])import\(["'`]/g)]).toEqual([verb, null])
      // Behind an arrow it is loaded on use.
      expect([verb, code.match(/(?<!=>)require\(["'`]node:(?:net|tls|fs\/promises)/g)]).toEqual([verb, null])
    }
  })

  it('takes one file of ASCII, whatever else a verb may load later', async () => {
    for (const verb of verbs) {
      const [start, ...others] = await buildVerb(verb)
      expect([verb, start?.fileName]).toEqual([verb, `${verb}-start.cjs`])
      expect(start?.imports.filter((name) => others.some(({ fileName }) => fileName === name))).toEqual([])
      expect([verb, start?.code.match(/(?<!=>)require\(["'`]\.(?!\.\/load\.cjs)[^"'`]*/g)]).toEqual([
        verb,
        null,
      ])
      expect([verb, start?.code.match(/[^\0-\x7f]/)]).toEqual([verb, null])
    }
  })
})

/** The compiled code that is kept: it is used again, and never where somebody else, or a bad disk, may have been at it. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { KEY, makeHome, runCommand, type Run } from './kit/run-command.ts'

const DIST = fileURLToPath(new URL('../dist/', import.meta.url))
const PRESIGN = ['presign', '--at', '20261122T123456Z', 'https://b.s3.eu-west-1.amazonaws.com/a']

const presign = (home: string, env: Readonly<Record<string, string>> = {}): Promise<Run> =>
  runCommand(PRESIGN, { home, env: { ...KEY, ...env } })

const folderOf = (home: string): string => join(home, '.cache', 'countersign')

/** The file with the code of a verb. */
function codeOf(home: string, verb = 'presign'): string {
  const name = readdirSync(folderOf(home)).find((file) => file.startsWith(`${verb}-start-`)) ?? 'missing'
  return join(folderOf(home), name)
}

/** A home in which the command has run once. */
async function warmHome(): Promise<string> {
  const home = makeHome()
  await presign(home)
  return home
}

/** The source that node compiles for a bundle. */
function sourceOf(verb: string): string {
  return readFileSync(join(DIST, 'chunks', `${verb}-start.cjs`), 'utf8')
}

/** Code that node takes for that of the bundle, since it looks at the length only, and that says so when it runs. */
function evilCode(source: string): Uint8Array {
  const evil = `process.stdout.write('poisoned');exports.main=()=>{}`
  const make = `
    const { Script } = require('node:vm')
    const head = '(function (exports, require, module, __filename, __dirname) {'
    const script = new Script(head + ${JSON.stringify(evil)}.padEnd(${source.length}) + '\\n})', { columnOffset: -head.length })
    script.runInThisContext()({})
    process.stderr.write(script.createCachedData())`
  const code = spawnSync(process.execPath, ['-e', make]).stderr
  const digest = createHash('sha256').update(source).update(code).digest()
  return Buffer.concat([digest, code])
}

describe('compiled code', () => {
  it('is kept for the user alone, and used as it is', async () => {
    const home = await warmHome()
    const first = statSync(codeOf(home))
    const { code, stdout } = await presign(home)
    expect([code, stdout]).toEqual([0, expect.stringContaining('X-Amz-Signature=')])
    expect(statSync(codeOf(home)).ino).toBe(first.ino)
    expect([first.mode & 0o777, statSync(folderOf(home)).mode & 0o777]).toEqual([0o600, 0o700])
    expect(readdirSync(folderOf(home))).toHaveLength(1)
  })

  it('is what runs', async () => {
    const home = await warmHome()
    writeFileSync(codeOf(home), evilCode(sourceOf('presign')))
    expect((await presign(home)).stdout).toBe('poisoned')
  })

  it.each<readonly [string, (kept: Buffer) => Uint8Array]>([
    ['is empty', () => Buffer.alloc(0)],
    ['is cut short', (kept) => kept.subarray(0, kept.length / 2)],
    ['is zeros', (kept) => Buffer.alloc(kept.length)],
    ['has a wrong byte', (kept) => Buffer.from(kept.map((byte, at) => (at === 5000 ? byte ^ 1 : byte)))],
    ['is of another bundle', () => evilCode(sourceOf('sign'))],
  ])('that %s is made anew', async (_, change) => {
    const home = await warmHome()
    const kept = readFileSync(codeOf(home))
    writeFileSync(codeOf(home), change(kept))
    const { code, stdout, stderr } = await presign(home)
    expect([code, stdout]).toEqual([0, expect.stringContaining('X-Amz-Signature=')])
    expect(stderr).toMatch(/^GET, valid until .*\n$/)
    expect(readFileSync(codeOf(home)).length).toBeGreaterThan(50_000)
    expect((await presign(home)).stdout).toBe(stdout)
  })

  it.skipIf(process.platform === 'win32').each<readonly [string, (folder: string) => void]>([
    ['others can write to', (folder) => chmodSync(folder, 0o777)],
    [
      'is a link',
      (folder) => {
        renameSync(folder, `${folder}-elsewhere`)
        symlinkSync(`${folder}-elsewhere`, folder)
      },
    ],
  ])('in a folder that %s is neither read nor written', async (_, change) => {
    const home = await warmHome()
    writeFileSync(codeOf(home), evilCode(sourceOf('presign')))
    change(folderOf(home))
    expect((await presign(home)).stdout).toContain('X-Amz-Signature=')
    await runCommand(['canon', PRESIGN.at(-1) ?? ''], { home })
    expect(readdirSync(folderOf(home))).toHaveLength(1)
  })

  it('is not needed where nothing can be kept', async () => {
    const home = makeHome({ '.cache': 'no folder' })
    const { code, stdout, stderr } = await presign(home)
    expect([code, stdout]).toEqual([0, expect.stringContaining('X-Amz-Signature=')])
    expect(stderr).toMatch(/^GET, valid until .*\n$/)
  })

  it('is not kept where Node is told to keep none', async () => {
    const home = makeHome()
    await presign(home, { NODE_DISABLE_COMPILE_CACHE: '1' })
    expect(existsSync(folderOf(home))).toBe(false)
  })

  it.skipIf(!existsSync('/proc'))('is not kept where no folder can be made', async () => {
    expect(await presign(makeHome(), { XDG_CACHE_HOME: '/proc/nobody' })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^https:/),
    })
  })

  it('is kept where XDG_CACHE_HOME says, and removed when it is of an old version', async () => {
    const home = makeHome({ 'caches/countersign/presign-start-old.code': 'old' })
    const folder = join(home, 'caches', 'countersign')
    utimesSync(join(folder, 'presign-start-old.code'), 1_600_000_000, 1_600_000_000)
    await presign(home, { XDG_CACHE_HOME: join(home, 'caches') })
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^presign-start-.*\.code$/)])
  })

  it('lets code import packages on use', async () => {
    const home = makeHome()
    const url = 'http://127.0.0.1:1/'
    const send = (): Promise<Run> =>
      runCommand(['send', '--region', 'a', '--service', 's3', url], { home, env: KEY })
    await send()
    expect(existsSync(codeOf(home, 'send'))).toBe(true)
    expect(await send()).toMatchObject({ code: 4, stderr: expect.stringContaining('127.0.0.1') as string })
  })
})

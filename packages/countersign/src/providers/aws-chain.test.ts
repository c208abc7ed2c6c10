/** AWS's own chain, the real package, and its absence. */
import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { fromAwsChain } from './aws-chain.ts'

const run = promisify(execFile)
const library = fileURLToPath(new URL('../../', import.meta.url))
const modules = fileURLToPath(new URL('../../../../node_modules/', import.meta.url))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-chain-'))
  // The SDK reads the file once in a process.
  await writeFile(
    join(folder, 'credentials'),
    '[dev]\naws_access_key_id = AKIDOFDEV\naws_secret_access_key = secret\n[broken]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = nobody\n',
  )
})
afterAll(async () => rm(folder, { recursive: true }))
beforeEach(() => {
  for (const name of Object.keys(process.env).filter((key) => key.startsWith('AWS_')))
    vi.stubEnv(name, undefined)
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'))
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'))
})
afterEach(() => vi.unstubAllEnvs())

it('names what was tried when nothing has credentials', async () => {
  const thrown: unknown = await fromAwsChain()().catch((error: unknown) => error)
  expect(thrown).toMatchObject({ name: 'CredentialsError', code: 'CREDENTIALS_NOT_FOUND' })
  expect(String(thrown)).toMatch(/tried environment, .*profile, .*web identity token: /)
})

it('reads the environment, and nothing but the shape of credentials comes out', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  expect(await fromAwsChain()()).toEqual({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' })
})

it('reads a profile, before the environment where it is named', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  expect(await fromAwsChain({ profile: 'dev' })()).toMatchObject({ accessKeyId: 'AKIDOFDEV' })
  const asking = fromAwsChain({ profile: 'broken' })()
  await expect(asking).rejects.toMatchObject({ name: 'CredentialsError', cause: expect.any(Error) as Error })
})

it('says what to install where the package is missing', async () => {
  const lonely = join(folder, 'lonely')
  await cp(join(library, 'dist'), join(lonely, 'dist'), { recursive: true })
  await cp(join(modules, '@noble'), join(lonely, 'node_modules', '@noble'), { recursive: true })
  await writeFile(join(lonely, 'package.json'), '{"type":"module"}')
  await writeFile(
    join(lonely, 'main.js'),
    `import { fromAwsChain } from './dist/providers/aws-chain.js'
    await fromAwsChain()().catch(({ name, code, message }) => console.log(name, code, message))`,
  )
  const { stdout } = await run(process.execPath, [join(lonely, 'main.js')])
  expect(stdout).toMatch(
    /^CredentialsError AWS_CHAIN_MISSING .*npm install @aws-sdk\/credential-provider-node/,
  )
})

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadSettings, type LoadedSettings } from './load-settings.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  file = join(folder, 'proxy.yaml')
})
afterEach(() => rmSync(folder, { recursive: true }))

const load = (
  flags: Record<string, string | boolean>,
  env: Record<string, string> = {},
): Promise<LoadedSettings> => loadSettings({ env: { HOME: folder, ...env }, flags, kind: 'proxy' })
async function loadYaml(yaml: string, kind: 'proxy' | 'gateway' = 'proxy'): Promise<LoadedSettings> {
  writeFileSync(file, yaml)
  return loadSettings({ file, env: { HOME: folder }, flags: {}, kind })
}
async function faultsOf(loading: Promise<unknown>): Promise<string> {
  const error = await loading.then(
    () => new Error('It was taken'),
    (refusal: Error) => refusal,
  )
  return error.message.replaceAll(`${folder}/`, '')
}

const SEARCH = 'https://search-x.eu-west-1.es.amazonaws.com'

describe('the settings of a proxy', () => {
  it('are complete with the upstream alone, where its name tells service and region', async () => {
    const { settings } = await load({ upstream: SEARCH })
    expect(settings).toMatchObject({ verify: false, service: [], region: [] })
    expect(settings.routes).toHaveLength(1)
    expect(settings.routes[0]).toMatchObject({ sign: { payload: 'auto', retries: 2, redirects: false } })
  })

  it('take the region of the environment for a host that tells none', async () => {
    const flags = { upstream: 'http://127.0.0.1:9000', 'sign.service': 's3' }
    expect(await faultsOf(load(flags))).toBe(
      '--region: sign.region: 127.0.0.1:9000 does not tell the region: give it',
    )
    const { settings } = await load(flags, { AWS_DEFAULT_REGION: 'eu-north-1' })
    expect(settings.routes[0]?.sign?.region).toEqual(['eu-north-1'])
    const found = await load({ ...flags, upstream: SEARCH }, { AWS_REGION: 'eu-north-1' })
    expect(found.settings.routes[0]?.sign?.region).toBeUndefined()
  })

  it('need to be told where requests go', async () => {
    expect(await faultsOf(load({}))).toMatch(/^upstream: is not set: give --upstream, COUNTERSIGN_UPSTREAM/)
    expect(await faultsOf(load({ 'allow.hosts': '*.s3.eu-west-1.amazonaws.com' }))).toBe('It was taken')
  })

  it('let clients sign where they have keys, for what is signed for behind them', async () => {
    const { settings } = await loadYaml(`
upstream: ${SEARCH}
clients:
  keys: [{ accessKeyId: SANDBOX1, secretFile: secrets/one }]
`)
    expect(settings).toMatchObject({ verify: true, service: ['es'], region: ['eu-west-1'] })
    expect(settings.clients.keys).toEqual([
      { accessKeyId: 'SANDBOX1', secretFile: join(folder, 'secrets/one'), principal: undefined },
    ])
  })

  it('of routes are those of the top where a route says nothing', async () => {
    const { settings } = await loadYaml(`
sign: { profile: team, retries: 0 }
allow: { methods: [GET] }
routes:
  - upstream: ${SEARCH}
    allow: { paths: [/logs/*] }
  - allow: { hosts: ['*.s3.eu-west-1.amazonaws.com'], methods: 'GET,PUT' }
    sign: { profile: files }
`)
    expect(settings.routes).toMatchObject([
      { allow: { methods: ['GET'], paths: ['/logs/*'] }, sign: { profile: 'team', retries: 0 } },
      { upstream: undefined, allow: { methods: ['GET', 'PUT'] }, sign: { profile: 'files', retries: 0 } },
    ])
  })

  it.each([
    ['listen: 0.0.0.0:80', 'proxy.yaml:2:1: listen: whoever reaches this address'],
    ["listen: '[::]:80'", 'proxy.yaml:2:1: listen: whoever reaches this address'],
    ['sign: { region: [a, b] }', 'proxy.yaml:2:9: sign.region: several regions need algorithm: v4a'],
    ['sign: { setHeaders: { Authorization: x } }', 'proxy.yaml:2:9: sign.setHeaders: must not name'],
    ['sign: { retries: 11 }', 'proxy.yaml:2:9: sign.retries: must be a whole number from 0 to 10'],
    ['allow: { paths: [logs] }', 'proxy.yaml:2:18: allow.paths[0]: must be a raw path that begins with /'],
    ['algorithms: v2', 'proxy.yaml:2:1: algorithms: must be v4 or v4a, or a list of both'],
    ['algorithms: []', 'proxy.yaml:2:1: algorithms: must be v4 or v4a, or a list of both'],
    ['connect: nowhere', 'proxy.yaml:2:1: connect: must be an address such as'],
    ['routes: [{ upstrem: x }]', 'routes[0].upstrem: is not a setting; did you mean routes[0].upstream?'],
    ['routes: [{ sign: {} }]', 'proxy.yaml:2:1: needs an upstream, or allow.hosts'],
    ['tls: { certificate: x }', 'tls.key: must be the path of a file'],
    ['clients: { keys: [{ accessKeyId: A }] }', 'clients.keys[0].secretFile: must be the path of a file'],
  ])('are refused where they are %s', async (yaml, fault) => {
    const faults = await faultsOf(loadYaml(`upstream: ${SEARCH}\n${yaml}`))
    expect(faults).toContain(fault)
  })

  it.each([
    'clients: { anyone: true }',
    'clients: { tokenFile: t }',
    'tls: { certificate: c, key: k, clientAuthority: a }',
  ])('may listen to the network with %s', async (yaml) => {
    const { settings } = await loadYaml(`upstream: ${SEARCH}\nlisten: 0.0.0.0:80\n${yaml}`)
    expect(settings.listen.host).toBe('0.0.0.0')
  })

  it.each([
    ['', ['v4']],
    ['algorithms: v4a', ['v4a']],
    ['algorithms: v4,v4a', ['v4', 'v4a']],
    ['algorithms: [v4, v4a]', ['v4', 'v4a']],
  ])('let clients sign with %s', async (yaml, algorithms) => {
    expect((await loadYaml(`upstream: ${SEARCH}\n${yaml}`)).settings).toMatchObject({ algorithms })
  })

  it('of a bucket that is a website are refused: nothing can be signed for it', async () => {
    expect(await faultsOf(load({ upstream: 'http://b.s3-website-eu-west-1.amazonaws.com' }))).toMatch(
      /^--upstream: upstream: /,
    )
  })

  it('make a gateway sign, too; one that does neither is refused', async () => {
    const known = `upstream: ${SEARCH}\nservice: es\nregion: eu-west-1\n`
    expect((await loadYaml(known, 'gateway')).settings.routes[0]?.sign).toBeUndefined()
    expect((await loadYaml(`${known}sign: {}`, 'gateway')).settings).toMatchObject({
      verify: true,
      routes: [{ sign: { payload: 'auto' } }],
    })
    expect(await faultsOf(loadYaml(`${known}verify: false`, 'gateway'))).toContain(
      'neither end would do anything',
    )
  })
})

it('the files in the documentation are ones that work, and have everything', async () => {
  const page = readFileSync(new URL('../../../../docs/proxy.md', import.meta.url), 'utf8')
  const files = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, yaml = '']) => yaml)
  expect(files).toHaveLength(2)
  mkdirSync(join(folder, 'x'))
  const [routes, whole] = await Promise.all(files.map((yaml) => loadYamlOnce(yaml)))
  expect(routes?.settings).toMatchObject({ verify: true, service: ['s3', 'bedrock'] })
  const given = [...(whole?.origins ?? [])].filter(([, origin]) => origin !== 'default').map(([path]) => path)
  for (const name of [
    'connect',
    'allow.hosts',
    'sign.headers',
    'clients.anyone',
    'tls.key',
    'upstreamTls.authority',
  ]) {
    expect(given).toContain(name)
  }
})

let count = 0
async function loadYamlOnce(yaml: string): Promise<LoadedSettings> {
  const own = join(folder, `${(count += 1)}.yaml`)
  writeFileSync(own, yaml)
  return loadSettings({ file: own, env: { HOME: folder }, flags: {}, kind: 'proxy' })
}

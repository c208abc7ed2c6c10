import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError } from '../errors.ts'
import { loadSettings, type LoadedSettings, type SettingsOrigins } from './load-settings.ts'

const NEEDED = { upstream: 'http://127.0.0.1:9000', service: 's3', region: 'eu-west-1' }
const NEEDED_YAML = 'upstream: http://127.0.0.1:9000\nservice: s3\nregion: eu-west-1\n'

const NO_LIMITS = { hosts: [], paths: [], methods: [], services: [], regions: [] }
/** What a gateway is that is told nothing of signing. */
const VERIFYING = {
  verify: true,
  routes: [
    { upstream: new URL('http://127.0.0.1:9000'), connect: undefined, allow: NO_LIMITS, sign: undefined },
  ],
  clients: { tokenFile: undefined, keys: [], anyone: false },
  tls: undefined,
  upstreamTls: { authority: undefined, certificate: undefined, key: undefined, serverName: undefined },
}

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  file = join(folder, 'gateway.yaml')
})
afterEach(() => rmSync(folder, { recursive: true }))

const load = (origins: Partial<SettingsOrigins>): Promise<LoadedSettings> =>
  loadSettings({ env: { HOME: folder }, flags: {}, ...origins })
/** Loads a file with the settings that have to be there, and with these. */
async function loadYaml(yaml: string, origins: Partial<SettingsOrigins> = {}): Promise<LoadedSettings> {
  writeFileSync(file, NEEDED_YAML + yaml)
  return load({ file, ...origins })
}
/** What is refused, with the folder's name left out. */
async function faultsOf(step: () => Promise<unknown>, code = 'CONFIG_INVALID'): Promise<string[]> {
  try {
    await step()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    expect([error.name, error.code]).toEqual(['ConfigError', code])
    return error.message.replaceAll(`${folder}/`, '').split('\n')
  }
  throw new Error('It was taken')
}
const faultsIn = (yaml: string): Promise<string[]> => faultsOf(() => loadYaml(yaml))

describe('loadSettings', () => {
  it('needs to be told the upstream, the service and the region, and has defaults for the rest', async () => {
    const { settings, origins } = await load({ flags: NEEDED })
    expect(settings).toEqual({
      ...VERIFYING,
      upstreamProxy: 'environment',
      listen: { host: '127.0.0.1', port: 8080 },
      health: { host: '127.0.0.1', port: 8081 },
      service: ['s3'],
      region: ['eu-west-1'],
      algorithms: ['v4'],
      unsignedPayload: undefined,
      maxClockSkew: undefined,
      preserveHost: false,
      forwardSignature: false,
      allowUnsignedHeaders: [],
      echo: 'full',
      store: {
        file: join(folder, '.local/share/countersign/keys.db'),
        masterKeyFile: join(folder, '.local/share/countersign/master.key'),
      },
      timeouts: {
        header: 10,
        bodyIdle: 30,
        upstreamConnect: 5,
        upstreamFirstByte: 60,
        total: 0,
        keepAlive: 65,
        drain: 30,
      },
      limits: { body: 5 * 2 ** 30, bufferedBody: 2 ** 20, connections: 10_000 },
      log: { level: 'info' },
    })
    expect(origins.get('upstream')).toBe('--upstream')
    expect(['listen', 'limits.body', 'unsignedPayload'].map((path) => origins.get(path))).toEqual(
      Array.from({ length: 3 }, () => 'default'),
    )
  })

  it('reads a file with everything in it', async () => {
    const { settings } = await loadYaml(`
listen: '[::1]:9443'
health: off
unsignedPayload: https-only
maxClockSkew: 5m
preserveHost: true
forwardSignature: true
allowUnsignedHeaders: [x-amz-cf-id]
echo: none
store: { file: keys/k.db, masterKeyFile: /run/secrets/master.key }
timeouts: { header: 1, bodyIdle: 1.5s, upstreamConnect: 250ms, upstreamFirstByte: 2m, total: 1h, keepAlive: 0, drain: 1d }
limits:
  body: 10 MB
  bufferedBody: 64KiB
  connections: 5
  headerFields: 6
  headerBytes: 7
  authorizationBytes: 8KiB
  queryBytes: 9
  queryPairs: 10
  signedHeaders: 11
  credentialBytes: 12
  accessKeyIdLength: 13
  sessionTokenBytes: 1.5KiB
  metadataBytes: 4KiB
  userMetadataBytes: 14
log: { level: debug }
`)
    expect(settings).toEqual({
      ...VERIFYING,
      upstreamProxy: 'environment',
      listen: { host: '::1', port: 9443 },
      health: undefined,
      service: ['s3'],
      region: ['eu-west-1'],
      algorithms: ['v4'],
      unsignedPayload: 'https-only',
      maxClockSkew: 300,
      preserveHost: true,
      forwardSignature: true,
      allowUnsignedHeaders: ['x-amz-cf-id'],
      echo: 'none',
      store: { file: join(folder, 'keys/k.db'), masterKeyFile: '/run/secrets/master.key' },
      timeouts: {
        header: 1,
        bodyIdle: 1.5,
        upstreamConnect: 0.25,
        upstreamFirstByte: 120,
        total: 3600,
        keepAlive: 0,
        drain: 86_400,
      },
      limits: {
        body: 10_000_000,
        bufferedBody: 65_536,
        connections: 5,
        headerFields: 6,
        headerBytes: 7,
        authorizationBytes: 8192,
        queryBytes: 9,
        queryPairs: 10,
        signedHeaders: 11,
        credentialBytes: 12,
        accessKeyIdLength: 13,
        sessionTokenBytes: 1536,
        metadataBytes: 4096,
        userMetadataBytes: 14,
      },
      log: { level: 'debug' },
    })
  })

  it('takes flags before the environment, that before the file, and the file before the defaults', async () => {
    const env = {
      HOME: folder,
      COUNTERSIGN_LISTEN: '127.0.0.1:2',
      COUNTERSIGN_REGION: 'a, b',
      COUNTERSIGN_LOG_LEVEL: '',
    }
    const { settings, origins } = await loadYaml(
      'listen: 1\nlimits:\n  body: 1\n  connections: 7\nlog: {level: warn}',
      {
        env,
        flags: { listen: '3', 'limits.body': '1KiB', echo: undefined, preserveHost: true },
      },
    )
    expect(settings).toMatchObject({
      listen: { host: '127.0.0.1', port: 3 },
      region: ['a', 'b'],
      service: ['s3'],
      preserveHost: true,
      limits: { body: 1024, connections: 7, bufferedBody: 2 ** 20 },
      log: { level: 'warn' },
    })
    const origin = (path: string) => origins.get(path)?.replace(`${folder}/`, '')
    expect(origin('listen')).toBe('--listen')
    expect(origin('region')).toBe('COUNTERSIGN_REGION')
    expect(origin('service')).toBe('gateway.yaml:2:1')
    expect(origin('limits.body')).toBe('--limits-body')
    expect(origin('limits.connections')).toBe('gateway.yaml:7:3')
    expect(origin('limits.bufferedBody')).toBe('default')
    expect(origin('log.level')).toBe('gateway.yaml:8:7')
    expect(origin('echo')).toBe('default')
  })

  it('takes all that there is from the environment, the name of the file too', async () => {
    writeFileSync(file, 'echo: none')
    const { settings, origins } = await load({
      env: {
        HOME: folder,
        COUNTERSIGN_CONFIG: file,
        COUNTERSIGN_UPSTREAM: 'https://up.example.com/base',
        COUNTERSIGN_LISTEN: '0.0.0.0:80',
        COUNTERSIGN_HEALTH: 'off',
        COUNTERSIGN_SERVICE: 's3,execute-api',
        COUNTERSIGN_REGION: '*',
        COUNTERSIGN_STORE: 'relative.db',
        COUNTERSIGN_MASTER_KEY_FILE: '/keys/m',
        COUNTERSIGN_LOG_LEVEL: 'silent',
        COUNTERSIGN_UNSIGNED_PAYLOAD: 'refused',
      },
    })
    expect(settings).toMatchObject({
      routes: [{ upstream: new URL('https://up.example.com/base') }],
      listen: { host: '0.0.0.0', port: 80 },
      health: undefined,
      service: ['s3', 'execute-api'],
      region: ['*'],
      store: { file: resolve('relative.db'), masterKeyFile: '/keys/m' },
      log: { level: 'silent' },
      unsignedPayload: 'refused',
      echo: 'none',
    })
    expect([...origins.values()].filter((origin) => origin.startsWith('COUNTERSIGN_'))).toHaveLength(9)
  })

  it('keeps the master key beside the store, wherever that is', async () => {
    const flags = { ...NEEDED, 'store.file': join(folder, 'x/k.db') }
    expect((await load({ flags })).settings.store.masterKeyFile).toBe(join(folder, 'x/master.key'))
    const { store } = (await load({ flags: NEEDED, env: { HOME: '/h', XDG_DATA_HOME: '/data' } })).settings
    expect(store).toEqual({
      file: '/data/countersign/keys.db',
      masterKeyFile: '/data/countersign/master.key',
    })
  })

  it('says which flag, variable or line gives what is missing', async () => {
    expect(await faultsOf(() => load({}))).toEqual([
      'upstream: is not set: give --upstream, COUNTERSIGN_UPSTREAM, or a line "upstream: …" in the configuration file',
      'service: is not set: give --service, COUNTERSIGN_SERVICE, or a line "service: …" in the configuration file',
      'region: is not set: give --region, COUNTERSIGN_REGION, or a line "region: …" in the configuration file',
    ])
    writeFileSync(file, '# empty\n')
    expect(await faultsOf(() => load({ file, flags: { ...NEEDED, region: undefined } }))).toEqual([
      'region: is not set: give --region, COUNTERSIGN_REGION, or a line "region: …" in gateway.yaml',
    ])
  })

  it('names all faults at once, each with its place', async () => {
    writeFileSync(
      file,
      `upstream: ftp://example.com
limit:
  body: 1
service: [s3, 'a b']
limits:
  body: 5 GB!
  buffered_body: 1
`,
    )
    const origins = { env: { COUNTERSIGN_LISTEN: 'nowhere' }, flags: { 'log.level': 'loud' } }
    const faults = await faultsOf(() => load({ file, ...origins }))
    expect(faults).toEqual([
      expect.stringMatching(/^gateway\.yaml:1:1: upstream: must be an http or https URL/),
      expect.stringMatching(/^gateway\.yaml:2:1: limit: is not a setting; did you mean limits\?$/),
      expect.stringMatching(/^gateway\.yaml:4:15: service\[1\]: must be the service/),
      expect.stringMatching(/^gateway\.yaml:6:3: limits\.body: must be a size/),
      expect.stringMatching(
        /^gateway\.yaml:7:3: limits\.buffered_body: .*did you mean limits\.bufferedBody\?$/,
      ),
      expect.stringMatching(/^COUNTERSIGN_LISTEN: listen: must be an address/),
      expect.stringMatching(/^--log-level: log\.level: must be one of debug/),
      expect.stringMatching(/^region: is not set/),
    ])
  })
})

describe('a value', () => {
  it.each([
    [
      'listen',
      ['127.0.0.1', '::1:80', ':8080', '1.2.3:80', '99999', '-1', '1.5', '{host: a}', 'a..b:80', "''"],
    ],
    ['health', ['127.0.0.1', 'no', 'true', '[]']],
    [
      'upstream',
      [
        '127.0.0.1:9000',
        'ftp://a',
        'http://',
        'http://a?b',
        'http://a#b',
        'http://u:p@a',
        '7',
        '[]',
        'http://a:99999',
      ],
    ],
    ['service', ['[]', "''", 's3/x', '[[s3]]', '7', '{}', "'s3,'"]],
    ['region', ['[]', 'us east', "'*,,'"]],
    ['unsignedPayload', ['yes', 'true', '1']],
    ['maxClockSkew', ['-1', '5 minutes', '25d', '1e9', '.inf', '.nan', '[]', 'true']],
    ['preserveHost', ['yes', '1', "''"]],
    [
      'allowUnsignedHeaders',
      ['content-type', '[x-amz-date]', 'X-Amz-Content-SHA256', 'x-amz-security-token', '7'],
    ],
    ['echo', ['some']],
    ['store', ['keys.db', '[]', "{file: ''}", '{file: 7}']],
    ['timeouts', ['30', '{header: soon}']],
    [
      'limits',
      [
        '{body: 0}',
        '{body: -1}',
        '{body: 5 XB}',
        '{connections: 1.5}',
        '{connections: 0}',
        '{headerBytes: []}',
      ],
    ],
    ['log', ['debug', '{level: 3}']],
  ])('of %s that is wrong is refused', async (name, values) => {
    for (const value of values) {
      writeFileSync(file, `${name}: ${value}\n`)
      const faults = await faultsOf(() => load({ file, flags: { ...NEEDED, [name]: undefined } }))
      const [own] = faults.filter((fault) => fault.startsWith('gateway.yaml:1:'))
      expect(own, value).toMatch(new RegExp(`^gateway.yaml:1:\\d+: ${name}.*: must `))
    }
  })

  it.each([
    ['listen', 'localhost:0', { listen: { host: 'localhost', port: 0 } }],
    ['listen', 'my-host.example.com:80', { listen: { host: 'my-host.example.com', port: 80 } }],
    ['listen', '"8443"', { listen: { host: '127.0.0.1', port: 8443 } }],
    ['health', 'false', { health: undefined }],
    ['health', '9', { health: { host: '127.0.0.1', port: 9 } }],
    ['preserveHost', '"true"', { preserveHost: true }],
    ['allowUnsignedHeaders', 'X-Amz-Cf-Id, x-amz-b', { allowUnsignedHeaders: ['X-Amz-Cf-Id', 'x-amz-b'] }],
    ['maxClockSkew', '0', { maxClockSkew: 0 }],
  ])('of %s may be %s', async (name, value, expected) => {
    expect((await loadYaml(`${name}: ${value}`)).settings).toMatchObject(expected)
  })

  it('that is left out after its name is named so', async () => {
    expect(await faultsIn('listen:\nlimits:\nlog: {level: }')).toEqual([
      'gateway.yaml:4:1: listen: has no value: give it one, or leave it out',
      'gateway.yaml:5:1: limits: has no value: give it one, or leave it out',
      'gateway.yaml:6:7: log.level: has no value: give it one, or leave it out',
    ])
  })

  it('is never repeated, since it may be a secret', async () => {
    const secret = 'hunter2-hunter2'
    const yaml = `
upstream: http://user:${secret}@example.com
listen: ${secret}
echo: ${secret}
limits: { body: ${secret} }
service: [${secret}/]
preserveHost: ${secret}
store: ${secret}
health: !${secret} 1
`
    writeFileSync(file, yaml.replace(/^health.*\n/m, ''))
    const faults = await faultsOf(() =>
      load({ file, env: { COUNTERSIGN_REGION: `${secret} `, COUNTERSIGN_LOG_LEVEL: secret } }),
    )
    expect(faults.length).toBeGreaterThan(6)
    expect(faults.join('\n')).not.toContain(secret)
    writeFileSync(file, yaml)
    expect((await faultsOf(() => load({ file }), 'CONFIG_MALFORMED')).join('\n')).not.toContain(secret)
  })

  it('must not put health on the port of the clients', async () => {
    expect(await faultsIn('listen: 127.0.0.1:80\nhealth: 127.0.0.1:80')).toEqual([
      expect.stringMatching(
        /^gateway\.yaml:4:1, .*gateway\.yaml:5:1: listen and health must not be the same/,
      ),
    ])
    expect((await loadYaml('listen: 0\nhealth: 0')).settings.listen.port).toBe(0)
  })
})

describe('an unknown setting', () => {
  it.each([
    ['lissten: 1', 'lissten: is not a setting; did you mean listen?'],
    ['preserve-host: true', 'preserve-host: is not a setting; did you mean preserveHost?'],
    ['secretAccessKey: abc', 'secretAccessKey: is not a setting'],
    ['timeouts: {heder: 1}', 'timeouts.heder: is not a setting; did you mean timeouts.header?'],
    ['__proto__: {a: 1}', '__proto__: is not a setting'],
    ['constructor: 1', 'constructor: is not a setting'],
    ['<<: {echo: none}', '"<<": is not a setting'],
    ['"a b": 1', '"a b": is not a setting'],
    [`${'x'.repeat(500)}: 1`, `"${'x'.repeat(40)}": is not a setting`],
  ])('%s', async (yaml, fault) => {
    expect(await faultsIn(yaml)).toEqual([expect.stringMatching(/^gateway\.yaml:4:\d+: /)])
    expect((await faultsIn(yaml))[0]).toContain(`: ${fault}`)
  })

  it('among flags is named by its flag', async () => {
    expect(await faultsOf(() => load({ flags: { ...NEEDED, 'limits.bodyy': '1' } }))).toEqual([
      '--limits-bodyy: limits.bodyy: is not a setting; did you mean limits.body?',
    ])
  })
})

describe('a file', () => {
  it('that is not there, no file, or too large is refused', async () => {
    const unreadable = (path: string): Promise<string[]> =>
      faultsOf(() => load({ file: path }), 'CONFIG_UNREADABLE')
    expect(await unreadable(join(folder, 'none.yaml'))).toEqual([expect.stringMatching(/none\.yaml.*ENOENT/)])
    mkdirSync(file)
    expect(await unreadable(file)).toEqual([expect.stringMatching(/EISDIR/)])
    writeFileSync(join(folder, 'large.yaml'), '#'.repeat(1024 * 1024 + 1))
    expect(await unreadable(join(folder, 'large.yaml'))).toEqual([expect.stringMatching(/1 MiB/)])
  })

  it.each([
    ['a: [1, 2', 1],
    ['a: 1\na: 2', 2],
    ['a: b: c', 1],
    ['? [a]\n: 1', 1],
    ['a: !!unknown 1', 1],
    ['a: 1\n---\nb: 2', 2],
    ['"a', 1],
  ])('that is not YAML is refused with a place: %j', async (yaml, line) => {
    writeFileSync(file, yaml)
    const faults = await faultsOf(() => load({ file }), 'CONFIG_MALFORMED')
    expect(faults[0]).toMatch(new RegExp(`^gateway\\.yaml:${line}:\\d+: this is not YAML: [a-z ]+$`))
  })

  it.each(['- a\n- b\n', 'text', '7'])('that holds no settings is refused: %j', async (yaml) => {
    writeFileSync(file, yaml)
    expect(await faultsOf(() => load({ file, flags: NEEDED }))).toEqual([
      'gateway.yaml:1:1: must hold settings, each on a line of its own beneath it',
    ])
  })

  it('may share values, but not build a bomb of them', async () => {
    const { settings } = await loadYaml('timeouts: { header: &t 7s, drain: *t }')
    expect(settings.timeouts).toMatchObject({ header: 7, drain: 7 })
    const layers = Array.from(
      { length: 9 },
      (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(9)}]`,
    )
    writeFileSync(file, ['l0: &l0 [x]', ...layers].join('\n'))
    expect(await faultsOf(() => load({ file }), 'CONFIG_MALFORMED')).toEqual([
      expect.stringMatching(/^gateway\.yaml:10:\d+: there are too many aliases$/),
    ])
    writeFileSync(file, 'timeouts: { header: &t 7s, drain: *t }\necho: *nothing')
    expect(await faultsOf(() => load({ file }), 'CONFIG_MALFORMED')).toEqual([
      'gateway.yaml:2:7: this alias has no anchor before it',
    ])
    writeFileSync(file, 'limits: &l\n  body: *l\n')
    expect(await faultsOf(() => load({ file, flags: NEEDED }))).toEqual([
      expect.stringMatching(/^gateway\.yaml:2:3: limits\.body: must be a size/),
    ])
  })

  it('with a mark, Windows line ends, or nothing in it is read', async () => {
    writeFileSync(file, `\uFEFF${NEEDED_YAML.replaceAll('\n', '\r\n')}echo: none\r\n`)
    expect((await load({ file })).settings.echo).toBe('none')
    writeFileSync(file, '')
    expect((await load({ file, flags: NEEDED })).settings.echo).toBe('full')
  })
})

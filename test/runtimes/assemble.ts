/**
 * Puts the portable suite together with the package as people get it: the packed tarball, installed into a folder of
 * its own, and the suite beside it, bundled for those runtimes that take no folder.
 *
 * @module
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, type BuildOptions, type Plugin } from 'esbuild'
import type { Inputs, KeyPair } from '../../packages/countersign/test/portable/inputs.ts'
import { root } from '../../scripts/lib/project.mjs'
import { packInto } from '../../scripts/lib/tarball.mjs'
import { vectorsFolder } from '../kit/vectors.ts'

const hosts = join(root, 'packages', 'countersign', 'test', 'portable', 'hosts')

/** The suite, ready to run. */
export interface Assembly {
  /** Holds the installed package, `script.mjs`, `inputs.json`, and the bundles. */
  readonly folder: string
  /** Entry points of the package, such as `countersign/verify`. */
  readonly entryPoints: readonly string[]
  remove(): void
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T

function inPem({ privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }): KeyPair {
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

function makeKeys(): Inputs['keys'] {
  return {
    rsa: inPem(generateKeyPairSync('rsa', { modulusLength: 2048 })),
    ec: inPem(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  }
}

/** Vectors of families that the suite can read by the public API alone. */
const PORTABLE = /^(sigv4.*|captured|eventstream)\.json$/

function gatherInputs(entryPoints: readonly string[]): Inputs {
  const own = join(root, 'test', 'vectors', 'own')
  const vectors = vectorsFolder()
  const files = vectors === undefined ? [] : readdirSync(vectors).filter((file) => PORTABLE.test(file))
  return {
    entryPoints,
    keys: makeKeys(),
    own: {
      given: readJson(join(own, 'requests.json')),
      answers: ['botocore', 'crt'].map((tool) => ({
        tool,
        ...readJson<{ cases: Inputs['own']['answers'][number]['cases'] }>(join(own, `${tool}.json`)),
      })),
    },
    published: Object.fromEntries(
      files.map((file) => [file.replace('.json', ''), readJson(join(vectors ?? '', file))]),
    ),
  }
}

/** Takes the library out of the folder, and not out of the project. */
const fromFolder = (folder: string): Plugin => ({
  name: 'installed-package',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^countersign(\/|$)/ }, ({ path, kind, pluginData }) =>
      pluginData === 'resolved'
        ? undefined
        : resolve(path, { kind, resolveDir: folder, pluginData: 'resolved' }),
    )
  },
})

async function bundle(folder: string): Promise<void> {
  const common: BuildOptions = { bundle: true, format: 'esm', target: 'es2023', logLevel: 'silent' }
  const inOne = { ...common, plugins: [fromFolder(folder)] }
  const entry = (host: string, outfile: string): BuildOptions => ({
    entryPoints: [join(hosts, `${host}.ts`)],
    outfile: join(folder, outfile),
  })
  await Promise.all([
    build({ ...common, ...entry('script', 'script.mjs'), external: ['countersign', 'node:*'] }),
    // As Cloudflare's own bundler does, and then with what is meant for Node.
    build({ ...inOne, ...entry('workerd', 'worker.js'), platform: 'browser' }),
    build({ ...inOne, ...entry('workerd', 'worker-node.js'), platform: 'neutral' }),
    build({ ...inOne, ...entry('page', 'page.js'), platform: 'browser' }),
    build({ ...inOne, ...entry('service-worker', 'service-worker.js'), platform: 'browser' }),
  ])
}

/** Packs, installs and bundles. */
export async function assemble(): Promise<Assembly> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-runtimes-')))
  const { manifest } = packInto(join(root, 'packages', 'countersign'), folder)
  const { exports } = manifest as { exports: Record<string, string> }
  const entryPoints = Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => `countersign${path.slice(1)}`)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  writeFileSync(join(folder, 'inputs.json'), JSON.stringify(gatherInputs(entryPoints)))
  await bundle(folder)
  return { folder, entryPoints, remove: () => rmSync(folder, { recursive: true }) }
}

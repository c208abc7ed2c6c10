#!/usr/bin/env node
/**
 * The command: loads the bundle of a verb, and runs it. All is in this one file that every run needs, since each file
 * more takes a fiftieth of what a verb takes to start.
 *
 * Compiled code of the bundles is kept beside the user's other caches, so that the next run need not compile them,
 * which is a fifth of the start. Compiled code runs as it is found. So it is read only from a folder that is the user's
 * own and that nobody else can write to, and only if it is whole and of the very bundle: the hash of both stands in
 * front of it. What cannot be read or kept is compiled, and nothing is said of it.
 *
 * @module
 */
const { existsSync, lstatSync, readFileSync } = require('node:fs')
const { basename, dirname, join, sep } = require('node:path')

const { argv, env, platform, version, versions, arch } = process
const CHUNKS = join(__dirname, '..', 'dist', 'chunks') + sep
const HEAD = '(function (exports, require, module, __filename, __dirname) {'
/** Bytes of a bundle that is worth it. */
const WORTH = 12_288
const DIGEST_BYTES = 32

/** As Node's own cache, which is of no use where this one is; and other runtimes compile in their own way. */
const isOff = [
  env['NODE_DISABLE_COMPILE_CACHE'],
  env['NODE_COMPILE_CACHE'],
  versions.bun,
  versions['deno'],
].some(Boolean)
const folder = join(placeOfCaches(), 'countersign')

function placeOfCaches() {
  if (env['XDG_CACHE_HOME']) return env['XDG_CACHE_HOME']
  const home = env['HOME'] || require('node:os').homedir()
  return platform === 'win32' ? env['LOCALAPPDATA'] || join(home, 'AppData', 'Local') : join(home, '.cache')
}

/** Whether the folder is the user's, and nobody else can write to it. */
function isOwnFolder() {
  const stats = lstatSync(folder, { throwIfNoEntry: false })
  if (!stats?.isDirectory()) return false
  return process.getuid === undefined || (stats.uid === process.getuid() && (stats.mode & 0o022) === 0)
}

/** @param {string} file @param {import('node:crypto').Hash} hash that has had the bundle @returns {Buffer | undefined} */
function readCode(file, hash) {
  try {
    if (!isOwnFolder()) return undefined
    const kept = readFileSync(file)
    const code = kept.subarray(DIGEST_BYTES)
    return hash.update(code).digest().equals(kept.subarray(0, DIGEST_BYTES)) ? code : undefined
  } catch {
    return undefined
  }
}

/**
 * What is kept of a bundle, and where.
 *
 * @param {string} filename
 * @param {Buffer} source
 */
function findCode(filename, source) {
  const hash = require('node:crypto').createHash('sha256').update(source)
  const id = hash.copy().digest('hex').slice(0, 12)
  const place = join(folder, `${basename(filename, '.cjs')}-${id}-${version}-${arch}.code`)
  return { place, hash, code: readCode(place, hash.copy()) }
}

/**
 * Loads a bundle, and has its code kept when the command ends: all that has run is compiled then.
 *
 * @param {NodeJS.Module} module
 * @param {string} filename
 */
function loadBundle(module, filename) {
  const { Script } = require('node:vm')
  const source = readFileSync(filename)
  const kept = source.length > WORTH ? findCode(filename, source) : undefined
  const script = new Script(`${HEAD}${source.toString()}\n})`, {
    filename,
    columnOffset: -HEAD.length,
    cachedData: kept?.code,
  })
  if (kept && (!kept.code || script.cachedDataRejected)) waiting.push({ ...kept, script })
  const { exports } = module
  const scope = [exports, module.require.bind(module), module, filename, dirname(filename)]
  script.runInThisContext().apply(exports, scope)
}

/** @type {import('./keep-code.js').Compiled[]} What is kept when the command ends. */
const waiting = []

/** Has the bundles loaded with the code that is kept of them. */
function useCodeCache() {
  process.once('exit', () => {
    if (waiting.length > 0) require('./keep-code.js').keepAll(waiting, folder, isOwnFolder)
  })
  const { '.js': loadScript, '.cjs': loadOther = loadScript } = require.extensions
  require.extensions['.cjs'] = (module, filename) => {
    if (filename.startsWith(CHUNKS)) loadBundle(module, filename)
    else loadOther?.(module, filename)
  }
}

const bundle = /^[a-z-]+$/.test(argv[2] ?? '') ? `${CHUNKS}${argv[2]}-start.cjs` : ''
const isVerb = existsSync(bundle)
if (!isOff) useCodeCache()
require(isVerb ? bundle : `${CHUNKS}help-start.cjs`).main(argv.slice(2))

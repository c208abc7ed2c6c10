/**
 * Keeps the compiled code of the bundles beside the user's other caches, so that the next run need not compile them,
 * which is a fifth of what a verb takes to start. What cannot be read or kept is compiled, and nothing is said of it.
 *
 * Compiled code runs as it is found. So it is read only from a folder that is the user's own and that nobody else can
 * write to, and only if it is whole and of the very bundle: the hash of both stands in front of it.
 *
 * @module
 */
const fs = require('node:fs')
const { createRequire } = require('node:module')
const { basename, dirname, join, sep } = require('node:path')
const { Script } = require('node:vm')

const { env, platform, version, versions, arch } = process
const CHUNKS = join(__dirname, '..', 'dist', 'chunks') + sep
const HEAD = '(function (exports, require, module, __filename, __dirname) {'
/** Characters of a bundle that is worth it. */
const WORTH = 8192
const DIGEST_BYTES = 32
/** Code that was made so many milliseconds ago is made anew: it may be of another version, and removed for good. */
const LIFETIME = 30 * 86_400_000

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
  const stats = fs.lstatSync(folder, { throwIfNoEntry: false })
  if (!stats?.isDirectory()) return false
  return process.getuid === undefined || (stats.uid === process.getuid() && (stats.mode & 0o022) === 0)
}

/** @param {string} source of a bundle @param {Uint8Array} code @returns {Buffer} */
const digest = (source, code) =>
  require('node:crypto').createHash('sha256').update(source).update(code).digest()

/** @param {string} file @param {string} source @returns {Buffer | undefined} */
function readCode(file, source) {
  try {
    if (!isOwnFolder()) return undefined
    const kept = fs.readFileSync(file)
    const code = kept.subarray(DIGEST_BYTES)
    return digest(source, code).equals(kept.subarray(0, DIGEST_BYTES)) ? code : undefined
  } catch {
    return undefined
  }
}

/** @param {string} file @param {string} source @param {Buffer} code */
function keepCode(file, source, code) {
  const draft = `${file}.${process.pid}`
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (!isOwnFolder()) return
    fs.writeFileSync(draft, Buffer.concat([digest(source, code), code]), { mode: 0o600, flag: 'wx' })
    fs.renameSync(draft, file)
    for (const name of fs.readdirSync(folder)) {
      const other = join(folder, name)
      if (Date.now() - fs.statSync(other).mtimeMs > LIFETIME) fs.rmSync(other)
    }
  } catch {
    if (fs.existsSync(draft)) fs.rmSync(draft)
  }
}

/**
 * Loads a bundle, and keeps its code when the command ends: all that has run is compiled then.
 *
 * @param {NodeJS.Module} module
 * @param {string} filename
 * @param {string} source
 */
function loadBundle(module, filename, source) {
  const place = join(folder, `${basename(filename, '.cjs')}-${version}-${arch}.code`)
  const cachedData = readCode(place, source)
  const script = new Script(`${HEAD}${source}\n})`, {
    filename,
    columnOffset: -HEAD.length,
    cachedData,
  })
  if (!cachedData || script.cachedDataRejected) {
    waiting.push(() => keepCode(place, source, script.createCachedData()))
  }
  const { exports } = module
  const scope = [exports, createRequire(filename), module, filename, dirname(filename)]
  script.runInThisContext().apply(exports, scope)
}

/** @type {(() => void)[]} What keeps code, when the command ends. */
const waiting = []

/** Has the bundles loaded with the code that is kept of them. */
exports.useCodeCache = () => {
  if (isOff) return
  process.once('exit', () => {
    for (const keep of waiting) keep()
  })
  require.extensions['.cjs'] = (module, filename) => {
    const source = filename.startsWith(CHUNKS) ? fs.readFileSync(filename, 'utf8') : ''
    if (source.length > WORTH) loadBundle(module, filename, source)
    else require.extensions['.js']?.(module, filename)
  }
}

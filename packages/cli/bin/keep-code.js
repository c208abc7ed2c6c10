/**
 * Keeps the compiled code of bundles for the next run; see `countersign.js`.
 *
 * @module
 */
const fs = require('node:fs')
const { dirname, join } = require('node:path')

/** Code that was made so many milliseconds ago is made anew: it may be of another version, and removed for good. */
const LIFETIME = 30 * 86_400_000

/**
 * @typedef {object} Compiled A bundle that was compiled in this run.
 * @property {string} place the file
 * @property {import('node:crypto').Hash} hash that has had the bundle
 * @property {import('node:vm').Script} script
 */

/**
 * Not all of a path: Node would try for ever where no folder can be made, as below `/proc`.
 *
 * @param {string} folder
 */
function makeFolder(folder) {
  if (!fs.existsSync(folder)) fs.mkdirSync(folder, { mode: 0o700 })
}

/** @param {Compiled} compiled @param {string} folder @param {() => boolean} isOwnFolder */
function keep({ place, hash, script }, folder, isOwnFolder) {
  const draft = `${place}.${process.pid}`
  const code = script.createCachedData()
  try {
    makeFolder(dirname(folder))
    makeFolder(folder)
    if (!isOwnFolder()) return
    const digest = hash.update(code).digest()
    fs.writeFileSync(draft, Buffer.concat([digest, code]), { mode: 0o600, flag: 'wx' })
    fs.renameSync(draft, place)
    for (const name of fs.readdirSync(folder)) {
      const other = join(folder, name)
      if (Date.now() - fs.statSync(other).mtimeMs > LIFETIME) fs.rmSync(other)
    }
  } catch {
    if (fs.existsSync(draft)) fs.rmSync(draft)
  }
}

/**
 * Keeps the code of all of them, as far as it can be.
 *
 * @param {readonly Compiled[]} all
 * @param {string} folder
 * @param {() => boolean} isOwnFolder whether the folder is the user's, and nobody else can write to it
 */
exports.keepAll = (all, folder, isOwnFolder) => {
  for (const compiled of all) keep(compiled, folder, isOwnFolder)
}

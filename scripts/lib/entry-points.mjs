/** The entry points of a package, each with the declarations that the build writes for it. */
import { join } from 'node:path'

/**
 * @param {ReturnType<typeof import('./project.mjs').packages>[number]} pkg
 * @returns {Record<string, string>} declaration file of each entry point's name
 */
export function entryPoints({ name, folder, manifest }) {
  const code = Object.entries(manifest.exports ?? {}).filter(
    ([, target]) => !JSON.stringify(target).includes('.json'),
  )
  const entries = code.map(([subpath, target]) => {
    const file = typeof target === 'string' ? target : (target.types ?? target.default)
    return [name + subpath.slice(1), join(folder, file.replace(/\.js$/, '.d.ts'))]
  })
  return Object.fromEntries(entries)
}

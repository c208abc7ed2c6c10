/** Links between the pages of the documentation. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** @typedef {{ to: string, anchor: string }} Link a page or another file, from the root */

const CODE = /^(?:```|~~~)[^]*?^(?:```|~~~)|`[^`\n]*`/gm
const LINK = /\]\(([^)\s]+)\)/g

/** What GitHub makes of a heading. @param {string} heading */
const slugOf = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-')

/** @param {string} text @returns {Set<string>} what can stand behind the `#` of a link to a page */
function anchorsOf(text) {
  const headings = text.replaceAll(/^```[^]*?^```/gm, '').matchAll(/^#{1,6} (.+)$/gm)
  const ids = text.matchAll(/<a id="([^"]+)">/g)
  return new Set([
    ...[...headings].map(([, heading = '']) => slugOf(heading)),
    ...[...ids].map(([, id = '']) => id),
  ])
}

/** @param {string} root @param {string} page from the root @returns {Link[]} links to files, none to other sites */
export function linksOf(root, page) {
  const text = readFileSync(join(root, page), 'utf8').replaceAll(CODE, '')
  return [...text.matchAll(LINK)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor = ''] = target.split('#')
      const to = path === '' ? page : relative(root, join(root, dirname(page), decodeURI(path)))
      return { to, anchor }
    })
}

/** What is wrong with a link; nothing when it leads somewhere. @param {string} root @param {Link} link */
export function faultOf(root, { to, anchor }) {
  const path = join(root, to)
  if (to.startsWith('..') || !existsSync(path)) return 'leads nowhere'
  if (anchor === '' || !to.endsWith('.md') || statSync(path).isDirectory()) return undefined
  return anchorsOf(readFileSync(path, 'utf8')).has(anchor) ? undefined : 'names no heading of that page'
}

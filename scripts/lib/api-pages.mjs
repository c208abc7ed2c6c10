/** The pages of the API reference, one an entry point, of the docstrings in the built declarations. */
import { collectNames, keyOf, sourceOf } from './api-names.mjs'
import { findExport, findName, readDeclarations } from './declarations.mjs'
import { readHeader } from './docstrings.mjs'
import { root } from './project.mjs'

/**
 * @typedef {import('./docstrings.mjs').Docstring} Docstring
 * @typedef {import('./api-names.mjs').Entry} Entry
 * @typedef {import('./api-names.mjs').Told} Told
 * @typedef {import('./uses.mjs').Use} Use
 * @typedef {{ uses: Use[], topics: Use[] }} Shown programs, and pages of prose
 */

const GROUPS = /** @type {const} */ ([
  ['function', 'Functions'],
  ['class', 'Classes'],
  ['value', 'Values'],
  ['interface', 'Types'],
  ['type', 'Types'],
])

/** @param {string} text */
const cell = (text) => text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')

/** @param {string} text */
const firstSentence = (text) =>
  /^[^]*?[.:](?=\s|$)/.exec(text.split('\n\n')[0] ?? '')?.[0].replace(/:$/, '.') ?? text

/** Writes the names of one entry point. */
class PageWriter {
  /** @param {Entry} entry @param {Map<string, Told>} told @param {Shown} shown */
  constructor(entry, told, { uses, topics }) {
    this.topics = topics
    this.entry = entry
    this.told = told
    this.uses = uses
  }

  /** Pages of prose that use the entry point. */
  about() {
    const links = this.topics
      .filter(({ imports }) => imports.has(this.entry.entry))
      .map(({ title, path }) => `[${title}](../../${path})`)
    return links.length > 0 ? [`Read on in ${links.join(', ')}.`] : []
  }

  /** Code that runs in the tests and shows a name in use. @param {string} name */
  shownIn(name) {
    const links = this.uses
      .filter(({ imports }) => imports.get(this.entry.entry)?.has(name))
      .map(({ title, path }) => `[${title}](../../${path})`)
    return links.length > 0 ? [`In use: ${links.join(', ')}`] : []
  }

  /** @param {Told} told */
  linkTo({ entry, name }) {
    return `${entry.page === this.entry.page ? '' : entry.page}#${name.toLowerCase()}`
  }

  /** @param {string} name as a module spells it @param {string} file the module */
  linkOf(name, file) {
    const [first = '', ...rest] = name.split('.')
    const place = findName(file, first)
    const told = place && 'file' in place ? this.told.get(keyOf(place)) : undefined
    const byName = told ?? [...this.told.values()].find((each) => each.name === first && each.isExported)
    return byName ? `[\`${[first, ...rest].join('.')}\`](${this.linkTo(byName)})` : `\`${name}\``
  }

  /** @param {string} text @param {string} file */
  prose(text, file) {
    return text.replaceAll(/\{@link (\S+?)(?: ([^}]+))?\}/g, (_, target, label) =>
      target.startsWith('http')
        ? label
          ? `[${label}](${target})`
          : `<${target}>`
        : this.linkOf(target, file),
    )
  }

  /** @param {Docstring} doc @param {string} file */
  tags({ tags }, file) {
    const lines = tags.map(({ kind, text }) => {
      if (kind === 'param') {
        const [name = '', ...rest] = text.split(' ')
        return `- \`${name}\`: ${this.prose(rest.join(' ').replace(/^- /, ''), file)}`
      }
      const word = kind === 'see' ? 'see' : kind
      return `- ${word} ${this.prose(text, file)}`
    })
    return lines.length > 0 ? [lines.join('\n')] : []
  }

  /** @param {Told} told the named types beside the one that is told */
  mentions({ place }) {
    const names = readDeclarations(place.file).declarations.get(place.name)?.refersTo ?? new Set()
    const links = [...names]
      .filter((name) => name !== place.name)
      .map((name) => [name, findName(place.file, name)])
      .flatMap(([name, target]) =>
        target && typeof target === 'object' && 'file' in target && this.told.has(keyOf(target))
          ? [this.linkOf(/** @type {string} */ (name), place.file)]
          : [],
      )
    return links.length > 0 ? [`Types in it: ${links.join(', ')}`] : []
  }

  /** @param {Told} told */
  section(told) {
    const { name, place, documented } = told
    const { heads, doc, members, kind } = documented
    const isOpen = kind === 'interface' || kind === 'class'
    const signature = heads.map((head) => (isOpen ? `${head.trim()} { … }` : head)).join('\n')
    const fields = members.filter(({ isCallable, name: member }) => !isCallable && member !== '(call)')
    const calls = members.filter(({ isCallable }) => isCallable)
    const rows = fields.map(
      (field) =>
        `| \`${field.name}${field.isOptional ? '?' : ''}\` | \`${cell(field.signature)}\` | ${cell(this.prose(field.doc.text, place.file)) || '–'} |`,
    )
    const parts = [
      `### ${name}`,
      this.prose(doc.text, place.file),
      `\`\`\`ts\n${signature}\n\`\`\``,
      ...this.tags(doc, place.file),
      ...(rows.length > 0 ? [`| name | type | meaning |\n| --- | --- | --- |\n${rows.join('\n')}`] : []),
      ...calls.flatMap(({ signature: call, doc: said }) => [
        `\`\`\`ts\n${call}\n\`\`\``,
        this.prose(said.text, place.file),
        ...this.tags(said, place.file),
      ]),
      ...this.mentions(told),
      ...this.shownIn(name),
      `Source: [${sourceOf(place.file).replace(/^packages\//, '')}](../../${sourceOf(place.file)})`,
    ]
    return parts.filter((part) => part !== '').join('\n\n')
  }

  write() {
    const { entry, file } = this.entry
    const header = readHeader(`${root}${sourceOf(file)}`)
    const here = [...this.told.values()].filter((told) => told.entry === this.entry)
    const exported = here.filter(({ isExported }) => isExported)
    const rest = here.filter(({ isExported }) => !isExported)
    const elsewhere = [...readDeclarations(file).exports.keys()].flatMap((name) => {
      const place = findExport(file, name)
      const told = 'file' in place ? this.told.get(keyOf(place)) : undefined
      return told && told.entry !== this.entry ? [`[\`${name}\`](${this.linkTo(told)})`] : []
    })
    const overview = exported
      .filter(({ documented }) => !['interface', 'type'].includes(documented.kind))
      .map((told) => {
        const text = firstSentence(this.prose(told.documented.doc.text, told.place.file))
        return `| [\`${told.name}\`](#${told.name.toLowerCase()}) | ${cell(text)} |`
      })
    const titles = [...new Set(GROUPS.map(([, title]) => title))]
    const groups = titles.flatMap((title) => {
      const kinds = new Set(GROUPS.filter(([, own]) => own === title).map(([kind]) => kind))
      const members = exported.filter(({ documented }) => kinds.has(documented.kind))
      return members.length > 0 ? [`## ${title}`, ...sorted(members).map((told) => this.section(told))] : []
    })
    return `${[
      `# ${entry}`,
      this.prose(header.text, file),
      [
        ...this.about(),
        '[All entry points](README.md). This page is made of the docstrings by `npm run api`.',
      ].join(' '),
      ...(overview.length > 0 ? [`| name | what it does |\n| --- | --- |\n${overview.join('\n')}`] : []),
      ...(elsewhere.length > 0 ? [`Exported here, and told elsewhere: ${elsewhere.join(', ')}.`] : []),
      ...groups,
      ...(rest.length > 0
        ? ['## Types that have no export', ...sorted(rest).map((told) => this.section(told))]
        : []),
    ].join('\n\n')}\n`
  }
}

/** @param {Told[]} told */
const sorted = (told) => told.toSorted((a, b) => (a.name < b.name ? -1 : 1))

/** @param {Entry[]} entries */
function writeIndex(entries) {
  const rows = entries.map(({ entry, page, file }) => {
    const text = firstSentence(readHeader(`${root}${sourceOf(file)}`).text)
    return `| [\`${entry}\`](${page}) | ${cell(text)} |`
  })
  return `# API reference

Every name that can be imported, with its signature, its meaning, what it throws and where it is written. Made of the
docstrings by \`npm run api\`; the [report of the API](../../packages/countersign/api/countersign.api.md) has the
declarations alone, for those who review a change of them.

| import from | what it is |
| --- | --- |
${rows.join('\n')}

Instants are \`Date\`s, durations are seconds and sizes are bytes. Errors are \`CountersignError\`s, whose codes
[errors.md](../errors.md) explains.
`
}

/**
 * @param {Record<string, string>} files declaration file of each entry point's name
 * @param {Shown} shown
 * @returns {{ pages: Map<string, string>, undocumented: string[] }} the text of each page by its name
 */
export function writePages(files, shown) {
  const entries = Object.entries(files).map(([entry, file]) => {
    const name = entry.replace('@countersign/', '').replace(/^countersign\//, '')
    return { entry, file, page: `${name.replaceAll('/', '-')}.md` }
  })
  const told = collectNames(entries)
  const pages = new Map([['README.md', writeIndex(entries)]])
  for (const entry of entries) pages.set(entry.page, new PageWriter(entry, told, shown).write())
  const undocumented = [...told.values()]
    .filter(({ documented }) => documented.doc.text === '')
    .map(({ place }) => `${sourceOf(place.file)}: ${place.name} has no docstring`)
  return { pages, undocumented }
}

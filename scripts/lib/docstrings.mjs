/** Reads what declaration files (`.d.ts`) say of each name: its docstring, its signature, and those of its members. */
import { readFileSync } from 'node:fs'
import { parseSync } from 'oxc-parser'

/**
 * @typedef {{ kind: 'throws' | 'param' | 'returns' | 'see', text: string }} Tag
 * @typedef {{ text: string, tags: Tag[] }} Docstring
 * @typedef {{ name: string, signature: string, isCallable: boolean, isOptional: boolean, doc: Docstring }} Member
 * @typedef {'function' | 'class' | 'interface' | 'type' | 'value'} Kind
 * @typedef {{ kind: Kind, heads: string[], extended: string, members: Member[], doc: Docstring }} Documented
 */

const TAG = /^@(throws|param|returns|see)\s*/

/** @param {string} comment the text between the delimiters @returns {Docstring} */
function parseDocstring(comment) {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*+ ?/, '').trimEnd())
  const tagged = lines.findIndex((line) => /^@\w/.test(line.trim()))
  const text = lines.slice(0, tagged < 0 ? lines.length : tagged)
  const blocks =
    tagged < 0
      ? []
      : lines
          .slice(tagged)
          .join('\n')
          .split(/\n(?=@\w)/)
  const tags = blocks.flatMap((block) => {
    const kind = TAG.exec(block)?.[1]
    const body = block
      .replace(TAG, '')
      .replaceAll(/\s*\n\s*/g, ' ')
      .trim()
    return kind ? [{ kind: /** @type {Tag['kind']} */ (kind), text: body }] : []
  })
  return { text: text.join('\n').trim(), tags }
}

/** The comment at the top of a source file. @param {string} file */
export function readHeader(file) {
  const [, comment = ''] = /^\/\*\*([^]*?)\*\//.exec(readFileSync(file, 'utf8')) ?? []
  return parseDocstring(comment)
}

/** @type {Map<string, Kind>} */
const KINDS = new Map([
  ['TSDeclareFunction', 'function'],
  ['FunctionDeclaration', 'function'],
  ['ClassDeclaration', 'class'],
  ['TSInterfaceDeclaration', 'interface'],
  ['TSTypeAliasDeclaration', 'type'],
  ['VariableDeclaration', 'value'],
])

/** @param {string} file @returns {Map<string, Documented>} */
export function readDocstrings(file) {
  const source = readFileSync(file, 'utf8')
  const { program, comments } = parseSync(file, source)
  /** @type {Map<string, Documented>} */
  const documented = new Map()

  /** @param {{ start: number }} node @returns {Docstring} */
  const docOf = ({ start }) => {
    const before = comments.findLast(({ end }) => end <= start)
    const isIts = before !== undefined && source.slice(before.end, start).trim() === ''
    return isIts && before.value.startsWith('*')
      ? parseDocstring(before.value.slice(1))
      : { text: '', tags: [] }
  }

  /** @param {number} start @param {number} end */
  const textOf = (start, end) => {
    const inside = comments.filter((comment) => comment.start >= start && comment.end <= end)
    const starts = [start, ...inside.map((comment) => comment.end)]
    const text = starts.map((from, index) => source.slice(from, inside[index]?.start ?? end)).join('')
    return text
      .replaceAll(/\n\s*\n/g, '\n')
      .replace(/^declare /, '')
      .trim()
  }

  /** @param {any} member @returns {Member[]} */
  const readMember = (member) => {
    if (member.key?.type === 'PrivateIdentifier' || member.accessibility === 'private') return []
    if (!member.key && member.type !== 'TSCallSignatureDeclaration') return []
    const annotation = member.typeAnnotation?.typeAnnotation
    const isCallable = !annotation
    const isOptional = member.optional === true
    const whole = textOf(member.start, member.end).replace(/;$/, '')
    return [
      {
        name: member.key ? textOf(member.key.start, member.key.end) : '(call)',
        signature: isCallable
          ? whole
          : textOf(annotation.start, annotation.end).replace(isOptional ? / \| undefined$/ : /$^/, ''),
        isCallable,
        isOptional,
        doc: docOf(member),
      },
    ]
  }

  for (const statement of program.body) {
    const isExport = statement.type === 'ExportNamedDeclaration'
    /** @type {any} */
    const node = isExport ? (statement.declaration ?? statement) : statement
    const kind = KINDS.get(node.type)
    if (!kind) continue
    const name = node.id?.name ?? node.declarations[0].id.name
    const body = node.body?.body
    const text = body ? textOf(node.start, node.body.start) : textOf(node.start, node.end).replace(/;$/, '')
    const head = text.replace(/ =\s*\n\s*(?!\|)/, ' =\n | ')
    const known = documented.get(name)
    const members = Array.isArray(body) ? body.flatMap(readMember) : []
    documented.set(name, {
      kind,
      heads: [...(known?.heads ?? []), head],
      extended: / extends (.*)$/.exec(head)?.[1] ?? '',
      members,
      doc: known?.doc ?? docOf(statement),
    })
  }
  return documented
}

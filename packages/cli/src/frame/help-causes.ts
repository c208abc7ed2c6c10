/**
 * `countersign help causes` and `countersign help cause CODE`: the catalogue of causes, to be read without a network.
 *
 * @module
 */
import { CAUSES, findCause, type Cause, type Family } from 'countersign/explain'
import { CommandError } from './command-error.ts'

const FAMILIES: ReadonlyMap<Family, string> = new Map<Family, string>([
  ['credentials', 'Credentials'],
  ['time', 'Clock and dates'],
  ['scope', 'Region, service and algorithm'],
  ['path', 'Path'],
  ['query', 'Query'],
  ['headers', 'Headers'],
  ['host', 'Host'],
  ['payload', 'Body'],
  ['presigned', 'Presigned URLs'],
  ['form', 'Upload forms'],
  ['server', 'On the side of the server'],
  ['neighbour', 'No matter of the signature'],
])

/** All causes, family by family. */
export function listCauses(): string {
  const parts = [...FAMILIES].flatMap(([family, title]) => {
    const causes = CAUSES.filter((cause) => cause.family === family).toSorted(byNumber)
    const lines = causes.map(({ id, code, title: what }) => `  ${id.padEnd(5)} ${code.padEnd(26)} ${what}`)
    return lines.length > 0 ? [`${title}\n${lines.join('\n')}\n`] : []
  })
  return `Causes of refusals, which countersign explain tells apart\n\n${parts.join('\n')}\nAll about one: countersign help cause CODE\n`
}

/** In the catalogue they stand in the order in which they are tried. */
function byNumber({ id: one }: Cause, { id: other }: Cause): number {
  return one.localeCompare(other, 'en', { numeric: true })
}

/**
 * All about one cause.
 *
 * @param name its code or its number
 * @throws {@link CommandError} `USAGE`
 */
export function helpOnCause(name: string): string {
  const cause = findCause(name)
  if (!cause) {
    throw new CommandError('USAGE', `There is no cause ${name}`, {
      why: 'the catalogue has none of that code or number',
      fix: 'countersign help causes',
    })
  }
  const { id, code, title, family, fix, signedInstead, receivedInstead } = cause
  const isProvable = signedInstead !== undefined || receivedInstead !== undefined
  const proof = isProvable
    ? 'countersign explain can prove it: with what both sides signed, or with the key.'
    : "countersign explain knows it by its marks, or by the server's words."
  return `${code} (${id}): ${FAMILIES.get(family)}\n\n  ${title}.\n\n  fix: ${fix}\n\n  ${proof}\n`
}

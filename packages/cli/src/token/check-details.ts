/**
 * Whether the options of a token are those of its kind. One that would be left out silently was meant for something.
 *
 * @module
 */
import { CommandError } from '../frame/command-error.ts'
import { TOKEN_KINDS, type TokenDetails, type TokenKind } from './kinds.ts'

const DETAILS: readonly (keyof TokenDetails)[] = [
  'hostname',
  'port',
  'username',
  'admin',
  'cache',
  'serverless',
  'cluster',
  'serverId',
  'role',
  'repository',
  'userAgent',
  'expires',
]

/**
 * Finds a kind and holds the options against it.
 *
 * @throws {@link CommandError} `USAGE`
 */
export function readKind(name: string, details: TokenDetails): TokenKind {
  const kind = TOKEN_KINDS.get(name)
  if (!kind) {
    throw new CommandError('USAGE', `There is no token for ${name}`, {
      why: `it is one of ${[...TOKEN_KINDS.keys()].join(', ')}`,
      fix: 'countersign help token',
    })
  }
  const missing = kind.needs.filter((option) => details[option] === undefined)
  if (missing.length > 0) {
    throw new CommandError('USAGE', `A token for ${name} needs ${missing.map(flagOf).join(', ')}`, {
      why: 'they are part of what is signed',
      fix: 'countersign help token',
    })
  }
  const foreign = DETAILS.find((option) => details[option] !== undefined && !isOf(kind, option))
  if (foreign === undefined) return kind
  throw new CommandError('USAGE', `A token for ${name} takes no ${flagOf(foreign)}`, {
    why: `it takes ${[...kind.needs, ...kind.takes].map(flagOf).join(', ') || 'none of these options'}`,
    fix: `leave ${flagOf(foreign)} out`,
  })
}

function isOf({ needs, takes }: TokenKind, option: keyof TokenDetails): boolean {
  return needs.includes(option) || takes.includes(option)
}

function flagOf(option: keyof TokenDetails): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

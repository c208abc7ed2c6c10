/**
 * A setting for people: without passwords and tokens, which a proxy's URL or a header may hold.
 *
 * @module
 */
import { redactHeader } from '../request/redacted-headers.ts'

/** The value as text. */
export function showValue(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((entry) => showValue(name, entry)).join(', ')
  const text = String(value)
  if (name === 'header') {
    const colon = text.indexOf(':')
    return colon < 0 ? text : redactHeader([text.slice(0, colon), text.slice(colon + 1)]).join(':')
  }
  if (name === 'cert') return text.replace(/(.):[^\\/:]+$/, '$1:…')
  return text.replace(/^([a-z]+:\/\/[^/@:]*):[^@/]*@/i, '$1:…@')
}

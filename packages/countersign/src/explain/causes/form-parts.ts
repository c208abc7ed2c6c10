/**
 * An upload form and its policy, read for an explanation: leniently, since something is wrong with it, and in memory,
 * since it is a copy.
 *
 * @module
 */
import type { FieldRule } from '../../core/post-policy.ts'
import { byteString, headerOf, textOfBytes } from '../doors/text.ts'
import { bytesOfText } from '../../core/bytes.ts'
import type { RequestView } from '../request-view.ts'

/** What a form holds. */
export interface SmallForm {
  /** Fields in front of the file, by their names in lower case. */
  readonly fields: ReadonlyMap<string, string>
  /** Names of fields behind the file. */
  readonly behindFile: readonly string[]
  /** In bytes. */
  readonly fileSize: number | undefined
}

const MOST = 1 << 20

/** Reads a form; `undefined` for a request that is none, or that is too large to be looked at. */
export function readSmallForm({ method, headers, body }: RequestView): SmallForm | undefined {
  const type = headerOf(headers, 'content-type') ?? ''
  const boundary = /^multipart\/form-data.*?boundary="?([^";]+)"?/i.exec(type)?.[1]
  if (method !== 'POST' || boundary === undefined || body === undefined || body.length > MOST)
    return undefined
  const fields = new Map<string, string>()
  const behindFile: string[] = []
  let fileSize: number | undefined
  for (const part of byteString(body).split(`--${boundary}`).slice(1, -1)) {
    const [, head = '', content = ''] = /^\r?\n([\s\S]*?)\r?\n\r?\n([\s\S]*?)\r?\n$/.exec(part) ?? []
    const name = /\bname="([^"]*)"/i.exec(head)?.[1]?.toLowerCase()
    if (name === undefined) continue
    if (name === 'file') fileSize = content.length
    else if (fileSize === undefined) fields.set(name, textOfBytes(bytesOfText(content)))
    else behindFile.push(name)
  }
  return fields.has('policy') ? { fields, behindFile, fileSize } : undefined
}

/** A policy as its conditions. */
interface ReadPolicy {
  readonly expiration: Date | undefined
  readonly rules: readonly FieldRule[]
  readonly size: readonly [min: number, max: number] | undefined
}

/** Reads a policy; `undefined` where it is no JSON in base64. */
export function readPolicy(encoded: string): ReadPolicy | undefined {
  let document: unknown
  try {
    document = JSON.parse(textOfBytes(Uint8Array.from(atob(encoded), (sign) => sign.charCodeAt(0))))
  } catch {
    return undefined
  }
  if (typeof document !== 'object' || document === null) return undefined
  const { expiration, conditions } = document as {
    readonly expiration?: unknown
    readonly conditions?: unknown
  }
  const end = new Date(typeof expiration === 'string' ? expiration : NaN)
  const listed: readonly unknown[] = Array.isArray(conditions) ? conditions : []
  const sizes = listed.flatMap((condition) => {
    const [operator, min, max]: readonly unknown[] = Array.isArray(condition) ? condition : []
    return operator === 'content-length-range' ? [[Number(min), Number(max)] as const] : []
  })
  return {
    expiration: Number.isNaN(end.getTime()) ? undefined : end,
    rules: listed.flatMap(rulesOf),
    size: sizes[0],
  }
}

function rulesOf(condition: unknown): FieldRule[] {
  if (Array.isArray(condition)) {
    const [operator, field, value]: readonly unknown[] = condition
    const isRule =
      (operator === 'eq' || operator === 'starts-with') &&
      typeof field === 'string' &&
      typeof value === 'string'
    return isRule ? [{ operator, field: field.replace(/^\$/, '').toLowerCase(), value }] : []
  }
  if (typeof condition !== 'object' || condition === null) return []
  return Object.entries(condition).flatMap(([field, value]): FieldRule[] =>
    typeof value === 'string' ? [{ operator: 'eq', field: field.toLowerCase(), value }] : [],
  )
}

import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { redact, redactAll, shortId } from './redact.ts'

const TOKEN = "to/ken+with=signs!'()*"

it('shows the same for the same secret, and nothing of it', () => {
  const eight = createHash('sha256').update(TOKEN).digest('hex').slice(0, 8)
  expect(redact(TOKEN)).toBe(`[redacted:sha256:${eight}]`)
})

it('finds secrets as they are, and percent-encoded', () => {
  const encoded = 'to%2Fken%2Bwith%3Dsigns%21%27%28%29%2A'
  expect(redactAll(`a=${TOKEN}&b=${encoded}`, [TOKEN, undefined, ''])).toBe(
    `a=${redact(TOKEN)}&b=${redact(TOKEN)}`,
  )
})

it('shows the last four characters of an access key id', () => {
  expect(shortId('AKIDEXAMPLE')).toBe('…MPLE')
})

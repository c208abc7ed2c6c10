import { expect, it } from 'vitest'
import { formatProgress } from './progress.ts'

const MIB = 1024 * 1024

it.each([
  [16 * MIB, 64 * MIB, 4000, 'uploading 16.0 MiB of 64.0 MiB (25 %), 4.0 MiB/s'],
  [MIB / 2, undefined, 1000, 'uploading 0.5 MiB, 0.5 MiB/s'],
])('of %i bytes of %s', (bytes, total, milliseconds, line) => {
  expect(formatProgress('uploading', bytes, total, milliseconds)).toBe(line)
})

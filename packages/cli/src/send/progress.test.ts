import { expect, it } from 'vitest'
import { formatProgress } from './progress.ts'

const MIB = 1024 * 1024

it.each([
  [16 * MIB, 64 * MIB, 80, 'uploading 16.0 MiB of 64.0 MiB (25 %), 4.0 MiB/s'],
  [16 * MIB, 64 * MIB, 40, 'uploading 16.0 MiB of 64.0 MiB (25 %)'],
  [MIB / 2, undefined, 80, 'uploading 0.5 MiB, 0.1 MiB/s'],
])('of %i bytes of %s, at a terminal of %i columns', (bytes, total, width, line) => {
  expect(formatProgress('uploading', bytes, total, 4000, width)).toBe(line)
})

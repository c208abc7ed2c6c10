import { expect, it } from 'vitest'
import { separateFlags } from './send-arguments.ts'

it.each([
  [
    ['--json', '{"a":1}', 'URL'],
    ['--json-data', '{"a":1}', 'URL'],
  ],
  [
    ['--json', '[1]'],
    ['--json-data', '[1]'],
  ],
  [
    ['--json', '"x"'],
    ['--json-data', '"x"'],
  ],
  [
    ['--json', ' {"a":1}'],
    ['--json-data', ' {"a":1}'],
  ],
  [
    ['--json', '@file.json'],
    ['--json-data', '@file.json'],
  ],
  [
    ['--json', 'https://example.com/'],
    ['--json', 'https://example.com/'],
  ],
  [
    ['URL', '--json'],
    ['URL', '--json'],
  ],
  [
    ['--json', '--json', '{}'],
    ['--json', '--json-data', '{}'],
  ],
  [
    ['--', '--json', '{}'],
    ['--', '--json', '{}'],
  ],
  [
    ['--dry-run', 'URL'],
    ['--dry-run', 'URL'],
  ],
  [
    ['--dry-run=canonical', 'URL'],
    ['--dry-run', '--dry-run-canonical', 'URL'],
  ],
])('reads %j as %j', (args, separated) => {
  expect(separateFlags(args)).toEqual(separated)
})

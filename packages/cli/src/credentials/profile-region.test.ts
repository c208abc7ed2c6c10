import { expect, it } from 'vitest'
import { findRegion } from './profile-region.ts'

const FILE = `# a comment
[default]
region = eu-west-1 # beside it
[profile dev]
s3 =
  region = indented
output=json
region=us-east-2
[ profile "with blanks" ]
region = ap-south-1
[sso-session dev2]
region = elsewhere
[services s]
`

it.each([
  ['default', 'eu-west-1'],
  ['dev', 'us-east-2'],
  ['with blanks', 'ap-south-1'],
  ['nobody', undefined],
  ['s', undefined],
])('finds the region of %s', (profile, region) => {
  expect(findRegion(FILE, profile)).toBe(region)
  expect(findRegion(FILE.replaceAll('\n', '\r\n'), profile)).toBe(region)
})

it('does not take the section of a session for a profile', () => {
  expect(findRegion(FILE, 'dev2')).toBeUndefined()
  expect(findRegion(FILE, 'sso-session dev2')).toBeUndefined()
})

import { describe, expect, it } from 'vitest'
import { SigningError } from '../errors.ts'
import { formatRegionSet, isInRegionSet, parseRegionSet } from './region-set.ts'

describe('formatRegionSet', () => {
  it.each([
    ['*', '*'],
    ['us-east-1', 'us-east-1'],
    ['us-east-1,eu-west-*', 'us-east-1,eu-west-*'],
    [' us-east-1 ,\teu-west-1', 'us-east-1,eu-west-1'],
  ])('writes %j as %j', (regions, text) => {
    expect(formatRegionSet(regions)).toBe(text)
  })

  it.each(['', ',', 'us-east-1,', 'us-east-1 eu-west-1', 'us/east', 'us-east-1\n', 'ü', 'a'.repeat(1025)])(
    'refuses %j',
    (regions) => {
      expect(() => formatRegionSet(regions)).toThrow(
        expect.objectContaining({ constructor: SigningError, code: 'OPTION_INVALID' }),
      )
    },
  )
})

describe('parseRegionSet', () => {
  it('reads the regions in their order', () => {
    expect(parseRegionSet('us-east-1, eu-*')).toEqual(['us-east-1', 'eu-*'])
  })

  it.each(['', ' ', ',', ',us-east-1', 'a,,b', 'us-east-1;eu-west-1', 'us-east-1\u00a0', '*'.repeat(1025)])(
    'reads nothing from %j',
    (text) => {
      expect(parseRegionSet(text)).toBeUndefined()
    },
  )
})

describe('isInRegionSet', () => {
  it.each([
    ['*', 'us-east-1'],
    ['us-east-1', 'us-east-1'],
    ['us-*', 'us-east-1'],
    ['*-1', 'us-east-1'],
    ['us-*-1', 'us-gov-west-1'],
    ['*east*', 'us-east-1'],
    ['**', 'us-east-1'],
    ['us-east-1*', 'us-east-1'],
    ['u*s*-*e*-1', 'us-east-1'],
    ['eu-west-1,us-*', 'us-east-1'],
  ])('%s has %s', (set, region) => {
    expect(isInRegionSet(set.split(','), region)).toBe(true)
  })

  it.each([
    ['us-east-1', 'us-east-11'],
    ['us-east-1', 'US-EAST-1'],
    ['us.east.1', 'us-east-1'],
    ['us-*', 'eu-us-east-1'],
    ['us-*', 'us'],
    ['us-*', 'us-'.slice(0, 2)],
    ['*-2', 'us-east-1'],
    ['a*a', 'a'],
    ['*b*a*', 'ab'],
    ['us-*west*-1', 'us-east-1'],
    ['eu-*,ap-*', 'us-east-1'],
    ['', 'us-east-1'],
  ])('%s does not have %s', (set, region) => {
    expect(isInRegionSet(set.split(','), region)).toBe(false)
  })

  it('takes a number of steps that grows with the pattern, and no faster', () => {
    const pattern = `${'*a'.repeat(511)}*b`
    expect(isInRegionSet([pattern], 'a'.repeat(63))).toBe(false)
  })
})

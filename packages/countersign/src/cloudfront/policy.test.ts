import { describe, expect, it } from 'vitest'
import { buildPolicy, parsePolicy } from './policy.ts'

const resource = 'https://d1.net/*'
const end = 1_767_290_400

function policyWith(condition: object, others: object = {}): string {
  return JSON.stringify({ Statement: [{ Resource: resource, Condition: condition, ...others }] })
}

describe('policy', () => {
  it('is written compactly, in one order (CF-3)', () => {
    const policy = {
      ipAddress: '192.0.2.1',
      dateGreaterThan: new Date((end - 60) * 1000),
      dateLessThan: end,
      resource,
    }
    const text =
      '{"Statement":[{"Resource":"https://d1.net/*","Condition":{"DateLessThan":{"AWS:EpochTime":1767290400},' +
      '"IpAddress":{"AWS:SourceIp":"192.0.2.1/32"},"DateGreaterThan":{"AWS:EpochTime":1767290340}}}]}'
    expect(buildPolicy(policy)).toBe(text)
    expect(parsePolicy(text)).toEqual({
      resource,
      dateLessThan: end,
      dateGreaterThan: end - 60,
      ipAddress: '192.0.2.1/32',
    })
  })

  it('has no member for a condition that is not set', () => {
    expect(
      buildPolicy({ resource, dateLessThan: end, ipAddress: undefined, dateGreaterThan: undefined }),
    ).toBe(policyWith({ DateLessThan: { 'AWS:EpochTime': end } }))
  })

  it('refuses conditions that are not known, since they may have been meant to restrict something', () => {
    const policy = { resource, dateLessThan: end, ipAdress: '192.0.2.1' }
    expect(() => buildPolicy(policy)).toThrow(
      expect.objectContaining({ code: 'POLICY_INVALID', message: expect.stringContaining('ipAdress') }),
    )
  })

  it.each([
    [0, 'at the same time'],
    [1, 'later'],
  ])('refuses a start that is %s seconds after the end', (later) => {
    expect(() => buildPolicy({ resource, dateLessThan: end, dateGreaterThan: end + later })).toThrow(
      expect.objectContaining({ code: 'POLICY_INVALID' }),
    )
  })

  const ends = { DateLessThan: { 'AWS:EpochTime': end } }
  it.each([
    ['no JSON', '{', 'POLICY_INVALID'],
    ['no object', '[]', 'POLICY_INVALID'],
    ['null', 'null', 'POLICY_INVALID'],
    ['no statement', '{}', 'POLICY_INVALID'],
    ['an empty list', '{"Statement":[]}', 'POLICY_INVALID'],
    ['a statement that is no list', '{"Statement":{}}', 'POLICY_INVALID'],
    ['two statements', `{"Statement":[{},{}]}`, 'POLICY_INVALID'],
    ['a version', '{"Version":"1","Statement":[]}', 'POLICY_INVALID'],
    ['no resource', policyWith(ends, { Resource: undefined }), 'POLICY_INVALID'],
    ['an empty resource', policyWith(ends, { Resource: '' }), 'POLICY_INVALID'],
    ['a list of resources', policyWith(ends, { Resource: [resource] }), 'POLICY_INVALID'],
    ['a blank in the resource', policyWith(ends, { Resource: 'https://d1.net/a b' }), 'POLICY_INVALID'],
    ['an unescaped letter', policyWith(ends, { Resource: 'https://d1.net/é' }), 'POLICY_INVALID'],
    ['an effect', policyWith(ends, { Effect: 'Deny' }), 'POLICY_INVALID'],
    ['no condition', policyWith(ends, { Condition: undefined }), 'POLICY_INVALID'],
    ['a condition that is not known', policyWith({ ...ends, IPAddress: {} }), 'POLICY_INVALID'],
    [
      'an address of another name',
      policyWith({ ...ends, IpAddress: { 'aws:SourceIp': '::1' } }),
      'POLICY_INVALID',
    ],
    ['no address', policyWith({ ...ends, IpAddress: {} }), 'IP_RANGE_INVALID'],
    ['null for an address', policyWith({ ...ends, IpAddress: null }), 'POLICY_INVALID'],
    ['no end', policyWith({}), 'EPOCH_TIME_INVALID'],
    [
      'an end in milliseconds',
      policyWith({ DateLessThan: { 'AWS:EpochTime': end * 1000 } }),
      'EPOCH_TIME_INVALID',
    ],
    ['an end as text', policyWith({ DateLessThan: { 'AWS:EpochTime': String(end) } }), 'EPOCH_TIME_INVALID'],
    ['no start', policyWith({ ...ends, DateGreaterThan: {} }), 'EPOCH_TIME_INVALID'],
  ])('refuses %s', (_, text, code) => {
    expect(() => parsePolicy(text)).toThrow(expect.objectContaining({ name: 'SigningError', code }))
  })
})

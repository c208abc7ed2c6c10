import { describe, expect, it } from 'vitest'
import { serviceRules } from './service-rules.ts'

describe('serviceRules (section 2)', () => {
  it.each(['s3', 's3-outposts', 's3-object-lambda', 's3express'])('%s follows S3', (service) => {
    expect(serviceRules(service)).toMatchObject({
      normalizePath: false,
      pathEncoding: 'single',
      contentSha256Header: true,
      unsignedPayload: true,
      plusInQuery: 'space',
      tokenPlacement: 'signed',
    })
  })

  it.each(['glacier', 'aoss', 'vpc-lattice-svcs'])('%s needs the hash in a header, no more', (service) => {
    expect(serviceRules(service)).toEqual({ ...serviceRules('ec2'), contentSha256Header: true })
  })

  it('iotdevicegateway takes the token after signing, no more', () => {
    expect(serviceRules('iotdevicegateway')).toEqual({ ...serviceRules('ec2'), tokenPlacement: 'after' })
  })

  it.each(['ec2', 'execute-api', 'S3', '', 'constructor', '__proto__'])(
    '%j follows the general rules',
    (service) => {
      expect(serviceRules(service)).toEqual({
        normalizePath: true,
        pathEncoding: 'double',
        contentSha256Header: false,
        unsignedPayload: false,
        plusInQuery: 'plus',
        tokenPlacement: 'signed',
        maxClockSkew: 300,
      })
    },
  )
})

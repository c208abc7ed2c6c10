import { describe, expect, it } from 'vitest'
import { SigningError } from '../errors.ts'
import { inferScope } from './service-hosts.ts'

/** `service region`. */
function answer(host: string, path?: string): string | undefined {
  const scope = inferScope(host, path)
  if (!scope) return undefined
  return `${scope.service} ${scope.region ?? '?'}`
}

describe('the table of hosts', () => {
  it.each([
    // Services that are named after their host.
    ['kms.eu-west-1.amazonaws.com', 'kms eu-west-1'],
    ['sqs.us-gov-east-1.amazonaws.com', 'sqs us-gov-east-1'],
    ['dynamodb.cn-north-1.amazonaws.com.cn', 'dynamodb cn-north-1'],
    ['sts.ap-southeast-2.amazonaws.com', 'sts ap-southeast-2'],
    ['organizations.us-east-1.amazonaws.com', 'organizations us-east-1'],
    ['iam.cn-north-1.amazonaws.com.cn', 'iam cn-north-1'],
    ['cloudfront.cn-northwest-1.amazonaws.com.cn', 'cloudfront cn-northwest-1'],
    ['logs.eu-central-1.amazonaws.com', 'logs eu-central-1'],
    ['monitoring.us-east-2.amazonaws.com', 'monitoring us-east-2'],
    ['kafka.us-east-1.amazonaws.com', 'kafka us-east-1'],
    ['es.eu-west-1.amazonaws.com', 'es eu-west-1'],
    ['rds.eu-west-1.amazonaws.com', 'rds eu-west-1'],
    ['kms-fips.us-east-1.amazonaws.com', 'kms us-east-1'],
    ['dynamodb-fips.ca-central-1.amazonaws.com', 'dynamodb ca-central-1'],
    ['fips.batch.us-east-1.amazonaws.com', 'batch us-east-1'],
    ['ec2.us-west-2.api.aws', 'ec2 us-west-2'],
    ['lambda-fips.us-east-1.api.aws', 'lambda us-east-1'],
    ['kms.cn-north-1.api.amazonwebservices.com.cn', 'kms cn-north-1'],
    ['s3tables.us-east-1.amazonaws.com', 's3tables us-east-1'],
    ['s3vectors.us-east-1.api.aws', 's3vectors us-east-1'],
    // Other partitions.
    ['kms.us-isob-east-1.sc2s.sgov.gov', 'kms us-isob-east-1'],
    ['sqs.us-iso-east-1.c2s.ic.gov', 'sqs us-iso-east-1'],
    ['kms.eusc-de-east-1.amazonaws.eu', 'kms eusc-de-east-1'],
    ['b.s3.eusc-de-east-1.amazonaws.eu', 's3 eusc-de-east-1'],
    // Global services.
    ['iam.amazonaws.com', 'iam us-east-1'],
    ['sts.amazonaws.com', 'sts us-east-1'],
    ['route53.amazonaws.com', 'route53 us-east-1'],
    ['cloudfront.amazonaws.com', 'cloudfront us-east-1'],
    ['iam-fips.amazonaws.com', 'iam us-east-1'],
    ['iam.global.api.aws', 'iam us-east-1'],
    ['iam.us-gov.amazonaws.com', 'iam us-gov-west-1'],
    ['route53.us-gov.amazonaws.com', 'route53 us-gov-west-1'],
    ['iam.amazonaws.com.cn', 'iam cn-north-1'],
    ['route53.amazonaws.com.cn', 'route53 cn-northwest-1'],
    // S3.
    ['s3.amazonaws.com', 's3 us-east-1'],
    ['b.s3.amazonaws.com', 's3 us-east-1'],
    ['b.s3-external-1.amazonaws.com', 's3 us-east-1'],
    ['s3.eu-west-1.amazonaws.com', 's3 eu-west-1'],
    ['b.s3.eu-west-1.amazonaws.com', 's3 eu-west-1'],
    ['b.s3.cn-north-1.amazonaws.com.cn', 's3 cn-north-1'],
    ['s3-eu-west-1.amazonaws.com', 's3 eu-west-1'],
    ['b.s3-ap-southeast-2.amazonaws.com', 's3 ap-southeast-2'],
    ['s3-fips-us-gov-west-1.amazonaws.com', 's3 us-gov-west-1'],
    ['s3.dualstack.us-west-2.amazonaws.com', 's3 us-west-2'],
    ['b.s3.dualstack.us-west-2.amazonaws.com', 's3 us-west-2'],
    ['b.s3-fips.us-east-2.amazonaws.com', 's3 us-east-2'],
    ['b.s3-fips.dualstack.us-east-2.amazonaws.com', 's3 us-east-2'],
    ['s3.fips.dualstack.us-east-2.amazonaws.com', 's3 us-east-2'],
    ['b.s3-accelerate.amazonaws.com', 's3 ?'],
    ['b.s3-accelerate.dualstack.amazonaws.com', 's3 ?'],
    ['n-123456789012.s3-accesspoint.us-west-2.amazonaws.com', 's3 us-west-2'],
    ['n-123456789012.s3-accesspoint-fips.us-west-2.amazonaws.com', 's3 us-west-2'],
    ['n-123456789012.s3-accesspoint.dualstack.us-west-2.amazonaws.com', 's3 us-west-2'],
    ['n-123456789012.s3-accesspoint-fips.dualstack.us-west-2.amazonaws.com', 's3 us-west-2'],
    ['123456789012.s3-control.us-west-2.amazonaws.com', 's3 us-west-2'],
    ['123456789012.s3-control-fips.dualstack.us-west-2.amazonaws.com', 's3 us-west-2'],
    ['n-123456789012.s3-object-lambda.us-west-2.amazonaws.com', 's3-object-lambda us-west-2'],
    ['n-123456789012.s3-object-lambda-fips.us-west-2.amazonaws.com', 's3-object-lambda us-west-2'],
    ['ap-123456789012.op-01ac5d28a6a232904.s3-outposts.us-west-2.amazonaws.com', 's3-outposts us-west-2'],
    ['s3-outposts.us-west-2.amazonaws.com', 's3-outposts us-west-2'],
    ['b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com', 's3express us-east-1'],
    ['b--use1-az4--x-s3.s3express-fips-use1-az4.us-east-1.amazonaws.com', 's3express us-east-1'],
    ['b--use1-az4--x-s3.s3express-use1-az4.dualstack.us-east-1.amazonaws.com', 's3express us-east-1'],
    ['b--usw2-lax1-az1--x-s3.s3express-usw2-lax1-az1.us-west-2.amazonaws.com', 's3express us-west-2'],
    ['s3express-control.us-east-1.amazonaws.com', 's3express us-east-1'],
    ['s3express-control-fips.dualstack.us-east-1.amazonaws.com', 's3express us-east-1'],
    ['mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com', 's3 *'],
    // A tenant's name before or after the service.
    ['a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com', 'execute-api eu-west-1'],
    ['a1b2c3d4e5.execute-api.cn-north-1.amazonaws.com.cn', 'execute-api cn-north-1'],
    ['a1b2-vpce-0123.execute-api.eu-west-1.amazonaws.com', 'execute-api eu-west-1'],
    ['abc.lambda-url.eu-west-1.on.aws', 'lambda eu-west-1'],
    ['search-dom-abc.eu-west-1.es.amazonaws.com', 'es eu-west-1'],
    ['vpc-dom-abc.cn-north-1.es.amazonaws.com.cn', 'es cn-north-1'],
    ['search-dom-abc.aos.eu-west-1.on.aws', 'es eu-west-1'],
    ['abc123.us-east-1.aoss.amazonaws.com', 'aoss us-east-1'],
    ['abc.appsync-api.us-west-2.amazonaws.com', 'appsync us-west-2'],
    ['abc.appsync-realtime-api.us-west-2.amazonaws.com', 'appsync us-west-2'],
    ['abc-ats.iot.us-east-1.amazonaws.com', 'iotdata us-east-1'],
    ['abc.ats.iot.cn-north-1.amazonaws.com.cn', 'iotdata cn-north-1'],
    ['data.iot.us-east-1.amazonaws.com', 'iotdata us-east-1'],
    ['iot.us-east-1.amazonaws.com', 'iot us-east-1'],
    ['abc.dsql.us-east-1.on.aws', 'dsql us-east-1'],
    ['123456789012.ddb.us-east-1.amazonaws.com', 'dynamodb us-east-1'],
    ['streams.dynamodb.us-east-1.amazonaws.com', 'dynamodb us-east-1'],
    ['abc.cloudfront-kvs.global.api.aws', 'cloudfront-keyvaluestore *'],
    ['svc-0abc.7d67968.vpc-lattice-svcs.us-west-2.on.aws', 'vpc-lattice-svcs us-west-2'],
    ['c.cluster-abc.us-east-1.neptune.amazonaws.com', 'neptune-db us-east-1'],
    ['db.abc123.us-east-1.rds.amazonaws.com', 'rds-db us-east-1'],
    // Names that differ.
    ['email.eu-west-1.amazonaws.com', 'ses eu-west-1'],
    ['bedrock.us-east-1.amazonaws.com', 'bedrock us-east-1'],
    ['bedrock-runtime.us-east-1.amazonaws.com', 'bedrock us-east-1'],
    ['bedrock-runtime-fips.us-east-1.amazonaws.com', 'bedrock us-east-1'],
    ['bedrock-agent.us-east-1.amazonaws.com', 'bedrock us-east-1'],
    ['bedrock-agent-runtime.us-east-1.amazonaws.com', 'bedrock us-east-1'],
    ['bedrock-agentcore.us-east-1.amazonaws.com', 'bedrock-agentcore us-east-1'],
    ['bedrock-agentcore-control.us-east-1.amazonaws.com', 'bedrock-agentcore us-east-1'],
    ['transcribe.us-east-1.amazonaws.com', 'transcribe us-east-1'],
    ['transcribestreaming.us-east-1.amazonaws.com', 'transcribe us-east-1'],
    ['runtime.sagemaker.us-east-1.amazonaws.com', 'sagemaker us-east-1'],
    ['runtime-fips.sagemaker.us-east-1.amazonaws.com', 'sagemaker us-east-1'],
    ['api.sagemaker.us-east-1.amazonaws.com', 'sagemaker us-east-1'],
    ['api.ecr.us-east-1.amazonaws.com', 'ecr us-east-1'],
    ['api.ecr-public.us-east-1.amazonaws.com', 'ecr-public us-east-1'],
    ['api.pricing.ap-south-1.amazonaws.com', 'pricing ap-south-1'],
    ['aps.us-east-1.amazonaws.com', 'aps us-east-1'],
    ['aps-workspaces.us-east-1.amazonaws.com', 'aps us-east-1'],
    ['aos.us-east-1.api.aws', 'es us-east-1'],
    ['runtime.lex.us-east-1.amazonaws.com', 'lex us-east-1'],
    ['runtime-v2-lex.us-east-1.amazonaws.com', 'lex us-east-1'],
    ['meetings-chime.us-east-1.amazonaws.com', 'chime us-east-1'],
    ['appconfigdata.us-east-1.amazonaws.com', 'appconfig us-east-1'],
    ['metering.marketplace.us-east-1.amazonaws.com', 'aws-marketplace us-east-1'],
    ['metering-marketplace.us-east-1.api.aws', 'aws-marketplace us-east-1'],
    ['cloudhsmv2.us-east-1.amazonaws.com', 'cloudhsm us-east-1'],
    // Other vendors.
    ['0123abcd.r2.cloudflarestorage.com', 's3 auto'],
    ['0123abcd.eu.r2.cloudflarestorage.com', 's3 auto'],
    ['s3.us-west-004.backblazeb2.com', 's3 us-west-004'],
    ['b.s3.us-west-004.backblazeb2.com', 's3 us-west-004'],
    ['nyc3.digitaloceanspaces.com', 's3 nyc3'],
    ['b.fra1.digitaloceanspaces.com', 's3 fra1'],
    ['s3.eu-central-1.wasabisys.com', 's3 eu-central-1'],
    ['b.s3.eu-central-1.wasabisys.com', 's3 eu-central-1'],
  ])('%s is %s', (host, expected) => {
    expect(answer(host)).toBe(expected)
  })

  it.each([
    ['/mqtt', 'iotdevicegateway us-east-1'],
    ['/mqtt?X-Amz-Algorithm=AWS4-HMAC-SHA256', 'iotdevicegateway us-east-1'],
    ['/', 'iotdata us-east-1'],
    ['/mqtt2', 'iotdata us-east-1'],
    ['/mqtt/x', 'iotdata us-east-1'],
    ['/topics/mqtt', 'iotdata us-east-1'],
  ])('AWS IoT at %s is %s', (path, expected) => {
    expect(answer('abc-ats.iot.us-east-1.amazonaws.com', path)).toBe(expected)
  })

  it('leaves other services at /mqtt alone', () => {
    expect(answer('iot.us-east-1.amazonaws.com', '/mqtt')).toBe('iot us-east-1')
  })

  it('says which rule matched', () => {
    expect(inferScope('a.execute-api.eu-west-1.amazonaws.com')?.reason).toContain('execute-api')
  })
})

describe('traps', () => {
  it.each([
    ['dots in a bucket', 'my.bucket.s3.eu-west-1.amazonaws.com', 's3 eu-west-1'],
    ['dots in a bucket, no region', 'my.bucket.s3.amazonaws.com', 's3 us-east-1'],
    ['a bucket named s3', 's3.s3.eu-west-1.amazonaws.com', 's3 eu-west-1'],
    ['a bucket named s3, no region', 's3.s3.amazonaws.com', 's3 us-east-1'],
    ['a bucket named like a region', 'us-west-2.s3.amazonaws.com', 's3 us-east-1'],
    ['a bucket named like a region, elsewhere', 'us-west-2.s3.eu-west-1.amazonaws.com', 's3 eu-west-1'],
    ['a bucket named us-west-2.s3', 'us-west-2.s3.s3.eu-west-1.amazonaws.com', 's3 eu-west-1'],
    ['a bucket named s3.eu-west-1', 's3.eu-west-1.s3.amazonaws.com', 's3 us-east-1'],
    ['a bucket named s3-eu-west-1', 's3-eu-west-1.s3.us-east-2.amazonaws.com', 's3 us-east-2'],
    ['a bucket named execute-api', 'execute-api.s3.eu-west-1.amazonaws.com', 's3 eu-west-1'],
    ['a bucket named x.execute-api', 'x.execute-api.s3.eu-west-1.amazonaws.com', 's3 eu-west-1'],
    ['a bucket named x.us-east-1.es', 'x.us-east-1.es.s3.amazonaws.com', 's3 us-east-1'],
    ['a bucket named dualstack', 'dualstack.s3.eu-west-1.amazonaws.com', 's3 eu-west-1'],
    ['a bucket named a.dualstack', 'a.dualstack.s3.dualstack.eu-west-1.amazonaws.com', 's3 eu-west-1'],
    ['a bucket named fips', 'fips.s3.eu-west-1.amazonaws.com', 's3 eu-west-1'],
    ['a bucket named s3-website', 's3-website.s3.eu-west-1.amazonaws.com', 's3 eu-west-1'],
    ['a bucket named s3-accelerate', 's3-accelerate.s3.eu-west-1.amazonaws.com', 's3 eu-west-1'],
    ['a bucket that ends in -s3', 'my-s3.s3.eu-west-1.amazonaws.com', 's3 eu-west-1'],
    ['a bucket with an underscore', 'my_bucket.s3.amazonaws.com', 's3 us-east-1'],
    ['upper case', 'S3.Us-WeSt-2.AmAZonAwS.com', 's3 us-west-2'],
    ['a port', 'sqs.eu-west-1.amazonaws.com:443', 'sqs eu-west-1'],
    ['a trailing dot', 'sqs.eu-west-1.amazonaws.com.', 'sqs eu-west-1'],
    ['a trailing dot and a port', 'sqs.eu-west-1.amazonaws.com.:8443', 'sqs eu-west-1'],
    ['an API named api', 'api.execute-api.eu-west-1.amazonaws.com', 'execute-api eu-west-1'],
  ])('%s: %s is %s', (_, host, expected) => {
    expect(answer(host)).toBe(expected)
  })

  it.each([
    '',
    '.',
    ':443',
    'localhost',
    'localhost:9000',
    '127.0.0.1',
    '[::1]:9000',
    'minio.example.com',
    'api.example.com',
    'amazonaws.com',
    'us-east-1.amazonaws.com',
    'ec2.amazonaws.com',
    'sqs.amazonaws.com',
    'b.s3.amazonaws.com.cn',
    's3.wasabisys.com',
    'b.iam.amazonaws.com',
    'constructor.amazonaws.com',
    '__proto__.amazonaws.com',
    'sqs.eu-west.amazonaws.com',
    'sqs.1.amazonaws.com',
    's3.eu-west-1.amazonaws.com.evil.example',
    's3.eu-west-1.evilamazonaws.com',
    's3.eu-west-1.amazonaws.com/x.example',
    'user@s3.eu-west-1.amazonaws.com',
    's3.eu-west-1.amazonaws.com:x',
    's3.eu-west-1.amazonaws.com\n',
    'foo-s3.amazonaws.com',
    'vpce-0abc-xyz.s3.us-east-1.vpce.amazonaws.com',
    'vpce-0abc-xyz.sqs.us-east-1.vpce.amazonaws.com',
    'vpce-0abc.us-east-1.amazonaws.com',
    '123456789012.dkr.ecr.us-east-1.amazonaws.com',
    'abc.credentials.iot.us-east-1.amazonaws.com',
    'lb-123.us-east-1.elb.amazonaws.com',
    'ec2-1-2-3-4.us-west-2.compute.amazonaws.com',
    'b-1.c.abc.c2.kafka.us-east-1.amazonaws.com',
    'lambda-url.us-east-1.on.aws',
    'abc.us-east-1.on.aws',
    'sqs.us-east-1.on.aws',
    'cdn.nyc3.cdn.digitaloceanspaces.com',
    'digitaloceanspaces.com',
    'r2.cloudflarestorage.com',
    `${'a'.repeat(250)}.s3.amazonaws.com`,
  ])('%j is not known', (host) => {
    expect(answer(host)).toBeUndefined()
  })

  it.each([
    'b.s3-website-us-east-1.amazonaws.com',
    'b.s3-website.eu-central-1.amazonaws.com',
    'my.bucket.s3-website-ap-southeast-2.amazonaws.com',
    'b.s3-website.cn-north-1.amazonaws.com.cn',
    's3-website.eu-central-1.amazonaws.com',
  ])('%s cannot be signed for', (host) => {
    expect(() => inferScope(host)).toThrow(
      expect.objectContaining({
        constructor: SigningError,
        code: 'HOST_NOT_SIGNABLE',
        message: expect.stringContaining('REST endpoint'),
      }),
    )
  })
})

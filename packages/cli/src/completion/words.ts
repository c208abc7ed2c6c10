/**
 * Words that shells complete: regions, signing names, and names of headers. What is not here can be typed all the same.
 *
 * @module
 */

/** Regions of all partitions that have public names. */
export const REGIONS: readonly string[] =
  `af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3
  ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6
  ap-southeast-7 ca-central-1 ca-west-1 cn-north-1 cn-northwest-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1
  eu-south-2 eu-west-1 eu-west-2 eu-west-3 eusc-de-east-1 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1
  us-east-1 us-east-2 us-gov-east-1 us-gov-west-1 us-west-1 us-west-2`.split(/\s+/)

/** Signing names, which are not always those of the hosts. */
export const SERVICES: readonly string[] =
  `acm aoss apigateway appconfig appsync aps athena autoscaling backup batch
  bedrock cloudformation cloudfront cloudfront-keyvaluestore cloudsearch cloudtrail codeartifact codecommit
  cognito-identity cognito-idp dsql dynamodb ebs ec2 ecr ecs eks elasticache elasticfilesystem elasticloadbalancing
  elasticmapreduce es events execute-api firehose geo glue guardduty iam iotdata iotdevicegateway kafka-cluster kinesis
  kinesisvideo kms lakeformation lambda lex logs mediastore memorydb mobiletargeting monitoring neptune-db
  osis polly rds rds-db redshift rekognition route53 s3 s3express s3-object-lambda s3-outposts sagemaker scheduler
  secretsmanager servicediscovery ses sns sqs ssm states sts textract timestream transcribe translate
  vpc-lattice-svcs wafv2 xray`.split(/\s+/)

/** Headers that requests to AWS carry, each with its colon. */
export const HEADERS: readonly string[] =
  `accept cache-control content-disposition content-encoding content-language
  content-md5 content-type host if-match if-modified-since if-none-match range x-amz-acl x-amz-checksum-algorithm
  x-amz-content-sha256 x-amz-copy-source x-amz-meta- x-amz-object-lock-mode x-amz-security-token
  x-amz-server-side-encryption x-amz-server-side-encryption-aws-kms-key-id x-amz-storage-class x-amz-tagging
  x-amz-target x-amz-user-agent`
    .split(/\s+/)
    .map((name) => (name.endsWith('-') ? name : `${name}:`))

/** Every numbered example runs as it is and prints what it promises. */
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const folder = fileURLToPath(new URL('../../examples/', import.meta.url))
const run = promisify(execFile)

/** The AWS SDK tells on standard error that it will soon want a newer Node. */
const ENVIRONMENT = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' }

/** What each of them must print. */
const PROMISES: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  '01-sign.mjs': ['200 you: POST /orders?dry-run=true'],
  '02-presign.mjs': [
    /2026%20Q4\.pdf\?X-Amz-Algorithm=AWS4-HMAC-SHA256&.*&X-Amz-Signature=[0-9a-f]{64}/,
    'works until',
  ],
  '03-verify.mjs': ['hello alice, you asked for /today', 'log: SIGNATURE_MISSING'],
  '04-aws4auth.mjs': [/today: +\d{8}\n/, 'strict:   true DATE_MISMATCH'],
  '05-explain.mjs': ['NO headers signed Not signed: x-amz-target', 'NO signature', 'verdict: invalid'],
  '18-explain-refusal.mjs': [
    'proven: accept-encoding\n- header accept-encoding: identity\n+ header accept-encoding: gzip\n',
    'Leave accept-encoding out of the signature',
  ],
  '40-signing-proxy.mjs': [
    'without the proxy: 403',
    'through it: 200 signed by AKIDEXAMPLE: GET /reports/2026%20Q4.csv',
    'through it: 200 signed by AKIDEXAMPLE: PUT /reports/new',
    /another path: 403 .*No route allows GET/s,
    'countersign_requests_total{service="s3",region="eu-west-1",code="200"} 2',
  ],
  '10-tokens.mjs': [
    /password: shop\.\S+:5432\/\?Action=connect&DBUser=reports&\S+Signature=[0-9a-f]{64}/,
    'kubectl --token k8s-aws-v1.',
  ],
  '11-identity-proof.mjs': ['welcome alice', 'again: 401 PROOF_REPLAYED', /forged: 400 P\w+/],
  '06-cloudfront.mjs': [
    /films\/The%20Castle\.mp4\?Expires=\d+&Signature=[\w~-]+&Key-Pair-Id=K2JCJMDEHXQW5F/,
    'Set-Cookie: CloudFront-Policy=',
    'good, canned policy, closes',
    'another film: SIGNATURE_MISMATCH',
  ],
  '07-post.mjs': [
    'image/png, 500 bytes: 201 user/eric/cat.png',
    'text/html, 500 bytes: 403 Invalid according to Policy: Policy Condition failed',
    'image/png, 5000 bytes: 400 Your proposed upload exceeds the maximum allowed size',
  ],
  '09-streaming.mjs': [
    'pending, and now known to be right: 3000000 bytes',
    'refused: CHUNK_SIGNATURE_MISMATCH',
  ],
  '08-sigv4a.mjs': [
    'X-Amz-Region-Set=eu-%2A%2Cus-east-1',
    'eu-west-1: hello alice, signed for eu-* and us-east-1',
    'us-east-1: hello alice',
    'ap-south-1: SCOPE_REGION_WRONG',
  ],
  '12-sigv2.mjs': [
    'not listed: 400 The authorization mechanism you have provided is not supported.',
    'listed: 200 AWS, payload unsigned, covered query [["acl",""]]',
    'presigned: 200 AWS, payload unsigned, covered query [["versioning",""]]',
    'with another sub-resource: 403 The request signature we calculated does not match',
    'query API: 200 HmacSHA256, payload verified, covered query [["Action","ListDomains"]]',
  ],
  '13-events.mjs': [
    'alice said: hello\nalice said: is anybody there?\nthe stream is whole\n',
    'and with the first event taken out on the way:\nrefused: CHUNK_SIGNATURE_MISMATCH',
  ],
  '14-request-signer.mjs': [
    'sigv4a s3 *: host pattern',
    'bearer bedrock us-east-1: bedrock takes bearer tokens',
    'PutSnapshotBlock has an unsigned body -> UNSIGNED-PAYLOAD',
    'ALGORITHM_MISSING sigv4-s3express is wanted',
  ],
  '16-temporary-keys.mjs': [
    'alice: hello alice\nbob: hello bob\nalice with the token of bob: 403 KEY_UNKNOWN',
    'alice: 403 SIGNATURE_MISMATCH\nno token: 403 KEY_UNKNOWN\nan hour late: 400 TOKEN_EXPIRED',
  ],
  '17-credentials.mjs': [
    '100 requests, signed with the keys of ASIA1, ASIA2',
    'CREDENTIALS_CHAIN_FAILED role failed, and nothing may stand in for it',
    'CREDENTIALS_NOT_FOUND There are no credentials: environment: AWS_ACCESS_KEY_ID is not set; source 2: has none',
  ],
  '15-s3-express.mjs': [
    /^the store gives out a session\n200 SESSION1 GET .*\/a, token signed: true\n200 SESSION1/,
    'a URL lives for 5 minutes',
  ],
  '36-aws-sdk.mjs': [
    'GET /notes/a%20b/../%C3%BC?x-id=GetObject AWS4-HMAC-SHA256 payload verified\nhello',
    'PAYLOAD_UNSIGNED_OVER_HTTP',
  ],
  '33-ky.mjs': ["{ author: 'alice' }\nHTTPError because of NotFoundException\nTRANSPORT_WOULD_ALTER"],
  '34-ofetch.mjs': ["target: '/notes?draft=a%20b'", 'FetchError because of NotFoundException'],
  '37-web-socket.mjs': ['hello alice', 'Unexpected server response: 403'],
  '20-body-digests.mjs': [
    'as agreed: 200 stored: unsigned, pending: false, covered: host, x-amz-checksum-sha256',
    'something else: 400 BadDigest',
    'with another checksum: 403 SignatureDoesNotMatch',
    'with a Content-MD5 that is none: 400 InvalidDigest',
    'too long: 400 EntityTooLarge',
  ],
  '21-fastify.mjs': ['alice orders tea', '403 {"message":"Missing Authentication Token"}'],
  '22-koa.mjs': ['alice orders tea', '403 {"message":"Missing Authentication Token"}'],
  '30-undici.mjs': [
    'server: refused, CLOCK_SKEWED',
    'POST /orders of orders.example: busy',
    'POST /orders of orders.example: done\n200 hello alice',
    'AwsError: no such order NotFoundException 404',
  ],
  '31-node-http.mjs': [
    'server: refused, CLOCK_SKEWED',
    'POST /orders of orders.example: done\n200 hello alice',
    'AwsError: no such order NotFoundException 404',
  ],
  '32-axios.mjs': [
    'server: refused, CLOCK_SKEWED',
    /POST \/orders\?dry=yes(%20|\+)%26(%20|\+)no of 127\S+ done\n200 hello alice/,
    'Request failed with status code 404: AwsError: no such order NotFoundException',
  ],
  '35-got.mjs': [
    'server: refused, CLOCK_SKEWED',
    'server: POST /orders of 127',
    'done\n200 hello alice',
    'AwsError: no such order NotFoundException',
  ],
  '23-hono.mjs': ['alice orders tea', '403 {"message":"Missing Authentication Token"}'],
  '24-fetch-handler.mjs': ['200 alice orders tea', 'log: SIGNATURE_MISMATCH'],
  '25-lambda.mjs': ['alice asks for /a%2Fb', 'log: REQUEST_MALFORMED'],
  '26-http2.mjs': ['200 hello alice', '403 {"message":"Missing Authentication Token"}'],
}

describe('examples', () => {
  const files = readdirSync(folder).filter((file) => /^\d\d-.*\.mjs$/.test(file))

  it('are all known here', () => {
    expect(files.toSorted()).toEqual(Object.keys(PROMISES).toSorted())
  })

  it.each(files)('%s', async (file) => {
    const options = { cwd: folder, timeout: 20_000, env: ENVIRONMENT }
    const { stdout, stderr } = await run(process.execPath, [file], options)
    expect(stderr).toBe('')
    for (const promise of PROMISES[file] ?? []) expect(stdout).toMatch(promise)
  })
})

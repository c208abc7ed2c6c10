/** `countersign canon`: AWS's documented steps and keys, byte for byte. */
import { describe, expect, it } from 'vitest'
import { SigningKey } from 'countersign'
import { countersign, KEY, makeHome, TEMPORARY_KEY } from './kit/run-command.ts'
import { AT } from './kit/vectors.ts'

// The example of AWS's documentation of SigV4.
const IAM = [
  '--at',
  '20150830T123600Z',
  '-H',
  'content-type: application/x-www-form-urlencoded; charset=utf-8',
  'https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08',
]

const STEPS = `# canonical request
GET
/
Action=ListUsers&Version=2010-05-08
content-type:application/x-www-form-urlencoded; charset=utf-8
host:iam.amazonaws.com
x-amz-date:20150830T123600Z

content-type;host;x-amz-date
e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

# string to sign
AWS4-HMAC-SHA256
20150830T123600Z
20150830/us-east-1/iam/aws4_request
f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59

# scope
20150830/us-east-1/iam/aws4_request

# signed headers
content-type
host
x-amz-date
`

const SIGNATURE = `
# signature
5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7
`

const SIGNING_KEY = 'c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9'

describe.concurrent("the example of AWS's documentation", () => {
  it('comes out step by step', async () => {
    const { code, stdout, stderr } = await countersign(['canon', ...IAM], { env: KEY })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe(STEPS + SIGNATURE)
  })

  it('shows the ladder of keys on demand alone, with a warning', async () => {
    const { stdout, stderr } = await countersign(['canon', '--ladder', ...IAM], { env: KEY })
    expect(stdout).toContain(
      `# key ladder\nkDate 0138c7a6cbd60aa727b2f653a522567439dfb9f3e72b21f9b25941a42f04a7cd\nkRegion f33d5808504bf34812e5fade63308b424b244c59189be2a591dd2282c7cb563f\nkService 199e1f48c602a5ae77ce26a46906920e76fc8427aeaa53da643646fcda1ccfb0\nkSigning ${SIGNING_KEY}\n`,
    )
    expect(stderr).toContain('whoever has one of these keys can sign with it')
  })

  it('shows the last rung alone of a derived key', async () => {
    const key = SigningKey.derive(KEY.AWS_SECRET_ACCESS_KEY, {
      date: '20150830',
      region: 'us-east-1',
      service: 'iam',
    })
    const home = makeHome({ key: key.export() })
    const { stdout } = await countersign(
      ['canon', '--json', '--ladder', '--access-key-id', 'AKIDEXAMPLE', '--signing-key', 'key', ...IAM],
      { home },
    )
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'countersign/canon/1',
      ladder: { kSigning: SIGNING_KEY },
      why: expect.arrayContaining([{ what: 'service', value: 'iam', from: 'the signing key' }]) as unknown,
    })
    expect(stdout).not.toContain('kDate')
  })

  it('is the same for a captured request that is not signed yet', async () => {
    const request = `GET /?Action=ListUsers&Version=2010-05-08 HTTP/1.1
Host: iam.amazonaws.com
Content-Type: application/x-www-form-urlencoded; charset=utf-8

`
    const { stdout } = await countersign(['canon', '--request', '-', '--at', '20150830T123600Z'], {
      env: KEY,
      input: request,
    })
    expect(stdout).toBe(STEPS + SIGNATURE)
  })

  it('is taken apart without any credentials once it is signed', async () => {
    const { bytes } = await countersign(['sign', '--format', 'http', ...IAM], { env: KEY })
    const { code, stdout } = await countersign(['canon', '--request', '-'], { input: bytes })
    expect([code, stdout]).toEqual([0, STEPS])
    const ladder = await countersign(['canon', '--ladder', '--request', '-'], { input: bytes })
    expect(ladder.code).toBe(2)
  })
})

it('takes a presigned URL apart', async () => {
  const url = (
    await countersign(['presign', '--at', AT, 'https://b.s3.eu-west-1.amazonaws.com/k'], {
      env: TEMPORARY_KEY,
    })
  ).stdout
  const { code, stdout } = await countersign(['canon', url.trim()])
  expect(code).toBe(0)
  expect(stdout).toContain('UNSIGNED-PAYLOAD\n')
  expect(stdout).toMatch(/X-Amz-Security-Token=\[redacted:sha256:[0-9a-f]{8}\]/)
  expect(stdout).not.toContain('# signature')
})

it('keeps the session token out of the steps', async () => {
  const { stdout } = await countersign(['canon', '--at', AT, 'https://sqs.eu-west-1.amazonaws.com/'], {
    env: TEMPORARY_KEY,
  })
  expect(stdout).toMatch(/x-amz-security-token:\[redacted:sha256:[0-9a-f]{8}\]\n/)
})

it.each([
  ['neither URL nor file', []],
  ['both', ['--request', 'x', 'https://sqs.eu-west-1.amazonaws.com/']],
  ['a request without a host', ['--request', '-']],
])('needs one request: %s', async (_, args) => {
  const { code, stderr } = await countersign(['canon', ...args], { env: KEY, input: 'GET / HTTP/1.1\n\n' })
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: .*\n {2}why: .*\n {2}fix: .*\n$/)])
})

/** `countersign post-policy`: its forms are taken by a store that verifies them, and `check` reads them and others'. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildPostResponse, createPostVerifier, sigV2Post, sigV4Post } from 'countersign/post'
import { readNodeRequest } from 'countersign/servers/node'
import { describeWithTool } from '../../../test/kit/tools.ts'
import { describeVectors, expectCases, loadVectors } from '../../../test/kit/vectors.ts'
import { countersign, KEY, makeHome, runProgram, TEMPORARY_KEY, type Run } from './kit/run-command.ts'
import { AT } from './kit/vectors.ts'

const URL_OF_BUCKET = 'https://my-bucket.s3.eu-west-1.amazonaws.com/'
const FOLDER = ['--condition', 'starts-with,$key,user/ada/', '--condition', 'content-length-range,1,1KiB']

const stored = new Map<string, string>()
const refused: string[] = []
let server: Server
let store: string
beforeAll(async () => {
  const verifier = createPostVerifier({
    region: 'eu-west-1',
    secrets: (id) => ({
      secretAccessKey: KEY.AWS_SECRET_ACCESS_KEY,
      ...(id.startsWith('ASIA') ? { sessionToken: TEMPORARY_KEY.AWS_SESSION_TOKEN } : {}),
    }),
    algorithms: [sigV4Post, sigV2Post],
  })
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const bucket = request.url!.split('/')[1]!
      const post = await verifier.verify({ ...readNodeRequest(request), bucket })
      const pieces: Uint8Array[] = []
      for await (const piece of post.file) pieces.push(piece)
      stored.set(post.key, Buffer.concat(pieces).toString())
      const { status, headers, body } = buildPostResponse(post, { etag: '"x"', location: 'https://x/' })
      response.writeHead(status, Object.fromEntries(headers)).end(body)
    } catch (error) {
      refused.push((error as { code: string }).code)
      response.writeHead(403, { connection: 'close' }).end()
    }
  }
  server = createServer((request, response) => void take(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  store = `http://127.0.0.1:${(server.address() as AddressInfo).port}/uploads`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))
beforeEach(() => {
  stored.clear()
  refused.length = 0
})

const postPolicy = (args: readonly string[], options: Parameters<typeof countersign>[1] = {}): Promise<Run> =>
  countersign(['post-policy', ...args], { env: KEY, ...options })

interface PrintedForm {
  readonly url: string
  readonly fields: readonly (readonly [string, string])[]
  readonly warnings: readonly { code: string; message: string }[]
  readonly [name: string]: unknown
}

/** Uploads as a browser does. */
async function upload(
  { url, fields }: PrintedForm,
  file: string,
  more: [string, string][] = [],
): Promise<number> {
  const form = new FormData()
  for (const [name, value] of [...fields, ...more]) form.append(name, value)
  form.append('file', new Blob([file]), 'a b.png')
  return (await fetch(url, { method: 'POST', body: form })).status
}

describe('a form', () => {
  it('is taken by a store, within its conditions', async () => {
    const args = [...FOLDER, '--field', 'success_action_status=201', '--region', 'eu-west-1', '--json', store]
    const { code, stdout, stderr } = await postPolicy(args)
    expect([code, stderr]).toEqual([0, ''])
    const form = JSON.parse(stdout) as PrintedForm
    expect(form).toMatchObject({
      schema: 'countersign/post-policy/1',
      url: store,
      toFillIn: [],
      warnings: [],
    })
    expect(await upload(form, 'hello')).toBe(201)
    expect([...stored]).toEqual([['user/ada/a b.png', 'hello']])
    expect(await upload(form, 'x'.repeat(1025))).toBe(403)
    expect(await upload(form, 'hello', [['acl', 'public-read']])).toBe(403)
    expect(refused).toEqual(['BODY_TOO_LARGE', 'POLICY_FIELD_NOT_COVERED'])
  })

  it('of a temporary key has its token, and shows it nowhere else', async () => {
    const env = { ...TEMPORARY_KEY, AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE' }
    const token = TEMPORARY_KEY.AWS_SESSION_TOKEN
    const { stdout } = await postPolicy([...FOLDER, '--region', 'eu-west-1', '--json', store], { env })
    const form = JSON.parse(stdout) as PrintedForm
    expect(new Map(form.fields).get('x-amz-security-token')).toBe(token)
    expect(stdout.split(token)).toHaveLength(2)
    expect(await upload(form, 'hello')).toBe(204)
    const checked = await postPolicy(['check', '-'], { input: stdout })
    expect(checked.code).toBe(0)
    expect(checked.stdout + checked.stderr).not.toContain(token)
    expect(checked.stdout).toMatch(/x-amz-security-token is \[redacted:sha256:[0-9a-f]{8}\]\n/)
  })

  it('of version 2 is for old stores, and needs no region', async () => {
    const { stdout } = await postPolicy([...FOLDER, '--algorithm', 'v2', '--json', store])
    expect(await upload(JSON.parse(stdout) as PrintedForm, 'hello')).toBe(204)
  })

  it('is lines of text: the URL, then names and values', async () => {
    const { code, stdout, stderr } = await postPolicy([
      ...FOLDER,
      '--at',
      AT,
      '--expires',
      '10m',
      URL_OF_BUCKET,
    ])
    expect([code, stderr]).toEqual([0, 'POST, valid until 2026-11-22T12:44:56Z (10 minutes)\n'])
    const [url, ...lines] = stdout.trimEnd().split('\n')
    expect(url).toBe(URL_OF_BUCKET)
    expect(lines.map((line) => line.split('=')[0])).toEqual([
      'key',
      'x-amz-algorithm',
      'x-amz-credential',
      'x-amz-date',
      'policy',
      'x-amz-signature',
    ])
    expect(lines[0]).toBe('key=user/ada/${filename}')
  })

  it('is HTML', async () => {
    const { stdout } = await postPolicy(['--key', 'a&b.png', '--html', URL_OF_BUCKET])
    expect(stdout).toContain(`<form action="${URL_OF_BUCKET}" method="post" enctype="multipart/form-data"`)
    expect(stdout).toContain('<input type="hidden" name="key" value="a&amp;b.png">')
  })

  it.each([
    [URL_OF_BUCKET, 'my-bucket'],
    ['https://a.b.s3.amazonaws.com/', 'a.b'],
    ['https://s3.eu-west-1.amazonaws.com/my-bucket', 'my-bucket'],
    ['https://store.example.com:9000/uploads/', 'uploads'],
  ])('tells where the bucket was read: %s', async (url, bucket) => {
    const { stdout } = await postPolicy(['--key', 'k', '--region', 'eu-west-1', '--json', url])
    const { why, conditions } = JSON.parse(stdout) as PrintedForm
    expect(why).toContainEqual({ what: 'bucket', value: bucket, from: 'the URL' })
    expect(conditions).toContainEqual({ bucket })
  })

  it('warns of what it allows, and tells what is to be filled in', async () => {
    const wide = [
      '--condition',
      'starts-with,$Content-Type,',
      '--condition',
      'starts-with,key,',
      '--expires',
      '7d',
    ]
    const { code, stderr } = await postPolicy([...wide, URL_OF_BUCKET])
    expect(code).toBe(0)
    expect(stderr).toMatch(/^warning: files of any size/m)
    expect(stderr).toMatch(/^warning: any object may be written over/m)
    expect(stderr).toMatch(/^warning: any Content-Type/m)
    expect(stderr).toMatch(/^warning: it is open for more than a day/m)
    expect(stderr).toMatch(/^to be filled in: Content-Type is anything$/m)
  })
})

describeWithTool('curl', 'a line of curl', (curl) => {
  it('uploads, whatever its fields and the file are called', async () => {
    const home = makeHome({ 'a "b";c,d.txt': 'hello' })
    const args = ['--curl', '--file', 'a "b";c,d.txt', '--field', "x-amz-meta-a=@it's <odd>;type=x"]
    const { code, stdout } = await postPolicy([...FOLDER, ...args, '--region', 'eu-west-1', store])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^# stops being valid at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\ncurl /)
    const line = stdout.replace('\ncurl ', `\n'${curl}' -sS --fail `)
    const sent = await runProgram('/bin/sh', ['-c', line], { home })
    expect([sent.code, sent.stderr, refused]).toEqual([0, '', []])
    expect([...stored.values()]).toEqual(['hello'])
  })
})

describe.concurrent('post-policy check', () => {
  const form = (...args: string[]): Promise<Run> =>
    postPolicy([...FOLDER, '--at', AT, '--json', ...args, URL_OF_BUCKET])

  it('lists what a policy allows, and the time that is left', async () => {
    const input = (await form()).stdout
    const { code, stdout, stderr } = await postPolicy(['check', '--at', '20261122T130000Z', '-'], { input })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.split('\n').slice(0, 5)).toEqual([
      'valid',
      'until    2026-11-22T13:34:56Z (34 minutes 56 seconds left)',
      'where    bucket is my-bucket',
      '         key begins with user/ada/',
      '         the file has 1 to 1024 bytes',
    ])
  })

  it.each([
    [[], {}, 0, 'valid', []],
    [['--size', '1KiB'], {}, 0, 'valid', []],
    [['--size', '2KiB'], {}, 5, 'refused', ['BODY_TOO_LARGE']],
    [['--size', '0'], {}, 5, 'refused', ['BODY_TOO_SMALL']],
    [['--bucket', 'other'], {}, 5, 'refused', ['POLICY_CONDITION_FAILED']],
    [
      [],
      { key: 'else/a', acl: 'private' },
      5,
      'refused',
      ['POLICY_CONDITION_FAILED', 'POLICY_FIELD_NOT_COVERED'],
    ],
    [['--at', '20261122T133500Z'], {}, 5, 'expired', ['POLICY_EXPIRED']],
  ])('with %j and the fields %j ends with %i', async (args, changed, expected, state, codes) => {
    const { fields } = JSON.parse((await form()).stdout) as PrintedForm
    const input = JSON.stringify({ ...Object.fromEntries(fields), ...changed })
    const { code, stdout } = await postPolicy(['check', '--json', '--at', AT, ...args, '-'], { input })
    const report = JSON.parse(stdout) as { state: string; findings: { code: string }[] }
    expect([code, report.state, report.findings.map((one) => one.code)]).toEqual([expected, state, codes])
  })

  it('takes a policy in base64 and as JSON', async () => {
    const { fields } = JSON.parse((await form()).stdout) as PrintedForm
    const policy = new Map(fields).get('policy')!
    const home = makeHome({
      base64: `${policy.slice(0, 40)}\n${policy.slice(40)}\n`,
      json: Buffer.from(policy, 'base64'),
    })
    for (const file of ['base64', 'json']) {
      const { code, stdout } = await postPolicy(['check', '--at', AT, file], { home })
      expect([file, code]).toEqual([file, 0])
      expect(stdout).toContain('key begins with user/ada/')
    }
  })

  it.each(['', 'no base64!', '{}', '[1]', '{"key":"a"}', '{"expiration":"x","conditions":[]}', 'eyJ9'])(
    'refuses what is no policy: %j',
    async (input) => {
      const { code, stdout, stderr } = await postPolicy(['check', '-'], { input })
      expect([code, stdout]).toEqual([5, ''])
      expect(stderr).toMatch(/^error: This is no policy that can be read\n {2}why: .+\n {2}fix: .+\n$/)
    },
  )

  it('warns of a policy that is over-wide', async () => {
    const input = JSON.stringify({
      expiration: '2030-01-01T00:00:00Z',
      conditions: [['starts-with', '$acl', '']],
    })
    const { stderr } = await postPolicy(['check', '-'], { input })
    expect(stderr.match(/^warning: /gm)).toHaveLength(5)
  })
})

describeVectors('policies of the AWS documentation and of SDKs', () => {
  interface Case {
    readonly name: string
    readonly policyBase64: string
  }
  const isList = ({ policyBase64 }: Case): boolean =>
    Array.isArray((JSON.parse(atob(policyBase64)) as { conditions: unknown }).conditions)
  const cases = loadVectors<{ cases: readonly Case[] }>('post-policy.json').cases.filter(isList)

  it.concurrent.each(expectCases(cases).map((one) => [one.name, one] as const))(
    '%s is read',
    async (_, { policyBase64 }) => {
      const { stdout, stderr } = await postPolicy(['check', '--json', '-'], { input: policyBase64 })
      const { conditions } = JSON.parse(Buffer.from(policyBase64, 'base64').toString()) as {
        conditions: unknown[]
      }
      expect(stderr).toBe('')
      expect((JSON.parse(stdout) as { conditions: unknown[] }).conditions).toHaveLength(conditions.length)
    },
  )
})

describe.concurrent('what cannot be', () => {
  it.each([
    [[URL_OF_BUCKET], '--key NAME'],
    [['--key', 'k', 'https://store.example.com/'], '--bucket NAME'],
    [['--key', 'k', '--bucket', 'b', 'https://store.example.com/'], '--region NAME'],
    [['--key', 'k', '--field', 'acl', URL_OF_BUCKET], '--field acl=private'],
    [['--key', 'k', '--field', 'policy=x', URL_OF_BUCKET], 'help post-policy'],
    [['--key', 'k', '--condition', 'starts-with,,user/', URL_OF_BUCKET], "'starts-with,$key,user/'"],
    [['--key', 'k', '--condition', 'ends-with,$key,user/', URL_OF_BUCKET], "'starts-with,$key,user/'"],
    [['--key', 'k', '--condition', 'content-length-range,1,1MB', URL_OF_BUCKET], '1MiB'],
    [['--key', 'k', '--condition', 'content-length-range,2,1', URL_OF_BUCKET], 'smaller size first'],
    [['--key', 'k', '--condition', 'starts-with,$key,x', URL_OF_BUCKET], 'leave out the field'],
    [['--key', 'k', '--expires', '8d', URL_OF_BUCKET], 'such as 900, 15m'],
    [['--key', 'k', '--html', '--curl', URL_OF_BUCKET], 'give one of them'],
    [['--key', 'k', '--bucket', 'b', 'https://a.mrap.accesspoint.s3-global.amazonaws.com/'], 'own endpoint'],
  ])('is told: %j', async (args, fix) => {
    const { code, stdout, stderr } = await postPolicy(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^error: .+\n {2}why: .+\n {2}fix: .+\n$/)
    expect(stderr.split('fix: ')[1]).toContain(fix)
  })
})

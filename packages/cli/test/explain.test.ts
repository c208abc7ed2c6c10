/** `countersign explain`, from files, standard input, URLs and words; and that it never shows a secret. */
import { describe, expect, it } from 'vitest'
import { refuse, type ServerOptions } from '../../../test/explain/verifier.ts'
import {
  KEY_ID,
  SECRET,
  signWrongly,
  type Mistake,
  type Request,
} from '../../../test/explain/wrong-signer.ts'
import { countersign, makeHome, type Run } from './kit/run-command.ts'

const TOKEN = 'a+session/token=='
const KEY = { AWS_ACCESS_KEY_ID: KEY_ID, AWS_SECRET_ACCESS_KEY: SECRET }
const takesToken: ServerOptions = { secrets: () => ({ secretAccessKey: SECRET, sessionToken: TOKEN }) }

/** An exchange as HTTP, and the two parts of it. */
async function refused(
  request: Request,
  mistake: Mistake = {},
  server: ServerOptions = {},
): Promise<{ both: string; head: string; answer: string; body: string; signature: string }> {
  const { request: sent } = signWrongly(request, mistake)
  const { status, headers, body = '' } = await refuse(sent, server)
  const lines = (pairs: readonly (readonly [string, string])[]): string =>
    pairs.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const head = `${sent.method} ${sent.target} HTTP/1.1\r\n${lines(sent.headers)}\r\n`
  const text = Buffer.from(body).toString()
  const answer = `HTTP/1.1 ${status} Refused\r\n${lines(headers)}\r\n${text}`
  const signature = /Signature=(\w+)/.exec(head)?.[1] ?? ''
  return { both: `${head}${answer}`, head, answer, body: text, signature }
}

const bare: Mistake = { path: (_, raw) => raw }

describe('the verdict', () => {
  it('is proven with the key of the environment: grade, line with carets, fix, and what to type', async () => {
    const { both } = await refused({ target: '/photos/a@b.txt' }, bare)
    const run = await countersign(['explain'], { input: both, env: KEY })
    expect(run.code).toBe(5)
    expect(run.stdout).toBe(`SignatureDoesNotMatch (403)

proven: path-reserved-bare (M37)

  The path was signed with @ bare, as /photos/a@b.txt; the server signs it encoded, as /photos/a%40b.txt.

  path: signed (-), and as the server has it (+)
  - /photos/a@b.txt
  + /photos/a%40b.txt
             ^^^

  fix: Percent-encode all of the path but letters, digits, - . _ ~ and /, on the wire and in what is signed.

try: countersign send --service s3 --region us-east-1 https://tenant-a.example.com/photos/a%40b.txt
`)
    expect(run.stderr).toBe('')
  })

  it('is the same from two files, from the error document alone, and from a profile of the files', async () => {
    const { head, body } = await refused({ target: '/photos/a@b.txt' }, bare)
    const profiles = `[default]\nregion = x\n[dev]\naws_access_key_id = ${KEY_ID}\naws_secret_access_key = ${SECRET}\n`
    const home = makeHome({ 'request.http': head, 'error.xml': body, '.aws/credentials': profiles })
    for (const args of [
      ['--request', 'request.http', '--answer', 'error.xml'],
      ['request.http', 'error.xml'],
      ['error.xml'],
    ]) {
      const run = await countersign(['explain', ...args], { home })
      expect(run.stdout).toContain('proven: path-reserved-bare (M37)')
    }
    const chosen = await countersign(['explain', 'error.xml', '--profile', 'dev', '-v'], { home })
    expect(chosen.stdout).toContain('proven: path-reserved-bare (M37)')
    expect(chosen.stderr).toContain('read=an error document (from error.xml)')
  })

  it('names the region, and the command that is right', async () => {
    const { both } = await refused(
      { target: '/k', headers: [['x-amz-meta-a', "it's"]] },
      {},
      { region: 'eu-west-1' },
    )
    const { stdout, code } = await countersign(['explain'], { input: both })
    expect(code).toBe(5)
    expect(stdout).toContain('stated: s3-region-header (M23)')
    expect(stdout).toContain(
      String.raw`try: countersign send --service s3 --region eu-west-1 -H 'x-amz-meta-a: it'\''s' https://tenant-a.example.com/k`,
    )
  })

  it('says what was ruled out and what would help where there is none', async () => {
    const { both } = await refused({ target: '/k' }, { secret: () => 'nobody knows' })
    const silent = both.replace(/<StringToSign>[^]*<\/CanonicalRequestBytes>/, '')
    const input = silent.replaceAll('tenant-a.example.com', 'b.s3.us-east-1.amazonaws.com')
    const { stdout, code } = await countersign(['explain'], { input })
    expect(code).toBe(5)
    expect(stdout).toContain('no cause found')
    expect(stdout).toContain('the key that signed (--profile NAME), which is compared here and sent nowhere')
    const tried = await countersign(['explain'], { input, env: KEY })
    expect(tried.stdout).toMatch(/^ {2}\d+ causes were ruled out \(-v lists them\)$/m)
    const verbose = await countersign(['explain', '-v'], { input, env: KEY })
    expect(verbose.stdout).toMatch(/^ {4}path-reserved-bare {8}path-preencoded {11}path-single$/m)
  })
})

describe('a signature of SigV4A', () => {
  const request: Request = { target: '/k', regionSet: 'us-east-1,eu-west-1' }

  it('is explained with the key of the environment, and the command that is right is one of SigV4A', async () => {
    const { both } = await refused({ ...request, target: '/photos/a@b.txt' }, bare)
    const { code, stdout } = await countersign(['explain'], { input: both, env: KEY })
    expect(code).toBe(5)
    expect(stdout).toContain('proven: path-reserved-bare (M37)')
    expect(stdout).toContain(
      'try: countersign send --service s3 --algorithm v4a --region-set us-east-1,eu-west-1 https://tenant-a.example.com/photos/a%40b.txt',
    )
  })

  it('is proven to be for another region set, in a presigned URL', async () => {
    const { request: sent } = signWrongly({ ...request, regionSet: '*', isPresigned: true })
    const url = `https://tenant-a.example.com${sent.target.replace('Region-Set=%2A', 'Region-Set=eu-west-1')}`
    const { code, stdout } = await countersign(['explain', url, '403'], { env: KEY })
    expect(code).toBe(5)
    expect(stdout).toContain('proven: region-set (M87)')
    expect(stdout).toContain('It was signed for the region set *, and sent with the region set eu-west-1.')
  })

  it('is found to be of another profile, or of no secret at hand, or right', async () => {
    const [other, id] = ['AnotherSecretOfAnotherProfile/EXAMPLEKEY', 'AKIAOTHERPROFILE0001']
    const { both } = await refused(request, { secret: () => other })
    const profiles = `[other]\naws_access_key_id = ${id}\naws_secret_access_key = ${other}\n`
    const home = makeHome({ '.aws/credentials': profiles })
    expect((await countersign(['explain'], { input: both, env: KEY, home })).stdout).toContain(
      'The signature was made with the secret of the key …0001, and the request names the key …MPLE.',
    )
    const alone = await countersign(['explain'], { input: both, env: KEY })
    expect(alone.stdout).toContain('4000 texts were tried with the key, and none gives the signature')
    expect(alone.stdout).toContain('the search ended at its limit')
    expect(alone.stdout + alone.stderr).not.toContain(SECRET)
    const right = signWrongly(request).request
    const lines = right.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    const input = `GET /k HTTP/1.1\r\n${lines}\r\n`
    expect((await countersign(['explain'], { input, env: KEY })).stdout).toContain('the signature is right')
  })
})

const XML = (code: string, message: string): string =>
  `<Error><Code>${code}</Code><Message>${message}</Message></Error>`

describe('how it ends', () => {
  it.each([
    [5, XML('InvalidAccessKeyId', 'x')],
    [
      6,
      '{"__type":"InvalidSignatureException","message":"Signature expired: 20261122T120000Z is now earlier than 20261122T131000Z (20261122T131500Z - 5 min.)"}',
    ],
    [7, XML('AccessDenied', 'User: a is not authorized to perform: s3:GetObject on resource: b')],
    [3, XML('ExpiredToken', 'The provided token has expired.')],
    [22, XML('SlowDown', 'Please reduce your request rate.')],
    [22, XML('NoSuchKey', 'x')],
    [7, 'An error occurred (AccessDenied) when calling the GetObject operation: Access Denied'],
    [2, 'Dear support, it does not work'],
  ])('with %i', async (code, input) => {
    const run = await countersign(['explain'], { input })
    expect([run.code, code === 2 ? run.stderr : run.stdout]).toEqual([code, expect.stringMatching(/\w/)])
    if (code === 7) expect(run.stdout).toContain('This is no matter of the signature.')
  })

  it('takes a status as a word, and a URL with its answer', async () => {
    expect((await countersign(['explain', '403'])).stdout).toContain('no cause found')
    const url = `https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20261122%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20261122T120000Z&X-Amz-Expires=600&X-Amz-SignedHeaders=host&X-Amz-Signature=${'a'.repeat(64)}`
    const home = makeHome({
      'error.xml':
        '<Error><Code>AccessDenied</Code><Message>Request has expired</Message><ServerTime>2026-11-22T13:00:00Z</ServerTime></Error>',
    })
    const { stdout, code } = await countersign(['explain', url, 'error.xml', '-X', 'HEAD'], { home })
    expect(code).toBe(5)
    expect(stdout).toContain('ended at 2026-11-22T12:10:00Z, 50 min before the server looked at it')
  })
})

describe('JSON and bundles', () => {
  it('have the verdicts as data', async () => {
    const { both } = await refused({ target: '/photos/a@b.txt' }, bare)
    const json = JSON.parse(
      (await countersign(['explain', '--json'], { input: both, env: KEY })).stdout,
    ) as object
    expect(json).toMatchObject({
      schema: 'countersign/explain/1',
      verdicts: [{ id: 'M37', code: 'path-reserved-bare', grade: 'proven', line: { field: 'path' } }],
      isSignatureProblem: true,
      answer: { status: 403, code: 'SignatureDoesNotMatch', kind: 'signature' },
      corrected:
        'countersign send --service s3 --region us-east-1 https://tenant-a.example.com/photos/a%40b.txt',
      why: [
        { what: 'read', value: 'HTTP as it stands on the wire', from: 'standard input' },
        { what: 'credentials', value: 'key …MPLE' },
      ],
    })
    const bundle = await countersign(['explain', '--bundle'], { input: both, env: KEY })
    expect(JSON.parse(bundle.stdout)).toMatchObject({
      schema: 'countersign/bundle/1',
      evidence: { request: { target: '/photos/a@b.txt' }, answer: { status: 403 } },
      explanation: { verdicts: [{ code: 'path-reserved-bare' }] },
    })
  })
})

describe('secrets', () => {
  const shown = ({ stdout, stderr }: Run): string => stdout + stderr

  it('are in no output, whatever is pasted', async () => {
    const withToken: Request = {
      target: '/a@b',
      headers: [
        ['x-amz-security-token', TOKEN],
        ['cookie', 'session=of-mine'],
      ],
    }
    const { both, body, signature } = await refused(withToken, bare, takesToken)
    const damaged = body.replace('</Error>', `<Token-0>${TOKEN}</Token-0></Error>`)
    const quoting = JSON.stringify({
      __type: 'IncompleteSignatureException',
      message: `'${SECRET}' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 ${SECRET}'.`,
    })
    const line = `curl --aws-sigv4 aws:amz:us-east-1:s3 --user '${KEY_ID}:${SECRET}' -H 'x-amz-security-token: ${TOKEN}' https://tenant-a.example.com/a@b`
    const swapped = both.replaceAll(KEY_ID, SECRET)
    const home = makeHome({ 'line.txt': line, 'error.xml': damaged })
    const inputs: [string[], string][] = [
      [[], both],
      [[], damaged],
      [[], quoting],
      [[], swapped],
      [['line.txt', 'error.xml'], ''],
    ]
    for (const [args, input] of inputs) {
      for (const flags of [[], ['--json'], ['--bundle'], ['-vv']]) {
        const text = shown(await countersign(['explain', ...args, ...flags], { input, home, env: KEY }))
        for (const secret of [SECRET, TOKEN, encodeURIComponent(TOKEN), signature, 'of-mine']) {
          expect(text).not.toContain(secret)
        }
      }
    }
  })

  it('of a presigned URL that is mended stay out, too', async () => {
    const signature = 'ab'.repeat(32)
    const url = `https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&amp;X-Amz-Credential=AKIDEXAMPLE%2F20261122%2Fus-east-1%2Fs3%2Faws4_request&amp;X-Amz-Security-Token=${encodeURIComponent(TOKEN)}&amp;X-Amz-Signature=${signature}`
    for (const flags of [[], ['--json'], ['--bundle']]) {
      const run = await countersign(['explain', url, '400', ...flags])
      expect(run.stdout).toContain('presign-mangled')
      for (const secret of [TOKEN, encodeURIComponent(TOKEN), signature])
        expect(shown(run)).not.toContain(secret)
    }
  })
})

describe('help', () => {
  it('lists all causes, and tells of one by its code or its number', async () => {
    const { stdout, code } = await countersign(['help', 'causes'])
    expect(code).toBe(0)
    for (const text of ['Path\n', 'M37   path-reserved-bare', 'M16   clock-behind', 'N1    policy-denied']) {
      expect(stdout).toContain(text)
    }
    const one = await countersign(['help', 'cause', 'clock-behind'])
    expect(one.stdout).toContain(
      'clock-behind (M16): Clock and dates\n\n  The clock is slow.\n\n  fix: Set the clock',
    )
    expect((await countersign(['help', 'cause', 'm16'])).stdout).toBe(one.stdout)
    const none = await countersign(['help', 'cause', 'no-such'])
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('fix: countersign help causes')])
  })
})

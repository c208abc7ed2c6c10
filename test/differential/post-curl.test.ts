/**
 * Upload forms as curl writes them, with names of files and values that it escapes, over a real socket.
 */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { presignPost, type VerifiedPost } from '../../packages/countersign/src/post.ts'
import { VerificationError } from '../../packages/countersign/src/verify/index.ts'
import { run } from '../interop/programs.ts'
import { BUCKET, FORM_KEY_ID, FORM_NOW, FORM_SECRET, postVerifier, readAll } from '../kit/forms.ts'
import { describeWithTool } from '../kit/tools.ts'

describeWithTool('curl', 'upload forms of curl', (curl) => {
  let server: Server
  let url = ''
  let last: (VerifiedPost<string> & { readonly bytes: Buffer }) | undefined

  beforeAll(async () => {
    const verifier = postVerifier()
    server = createServer((request, response) => {
      const { method = '', url: target = '', rawHeaders } = request
      const headers = rawHeaders.flatMap((name, i) =>
        i % 2 ? [] : [[name, rawHeaders[i + 1] ?? ''] as const],
      )
      const store = async (): Promise<string> => {
        const post = await verifier.verify({ method, target, headers, body: request, bucket: BUCKET })
        last = { ...post, bytes: await readAll(post.file) }
        return 'stored'
      }
      void store()
        .catch((error: unknown) => (error instanceof VerificationError ? error.code : String(error)))
        .then((answer) => response.end(answer))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  })

  afterAll(() => {
    server.close()
  })

  async function send(filename: string, content: Uint8Array, extra: readonly string[] = []): Promise<string> {
    const { fields } = presignPost(
      {
        url,
        bucket: BUCKET,
        keyStartsWith: 'user/',
        fields: { 'x-amz-meta-a': '"quoted" \\ é; filename=x' },
        conditions: [['content-length-range', 0, 3_000_000]],
      },
      {
        credentials: { accessKeyId: FORM_KEY_ID, secretAccessKey: FORM_SECRET },
        region: 'us-east-1',
        date: FORM_NOW,
      },
    )
    const given = fields.flatMap(([name, value]) => ['--form-string', `${name}=${value}`])
    const file = ['-F', `file=@-;filename="${filename}"`]
    return run(curl, ['-s', '-q', ...given, ...extra, ...file, url], { input: content })
  }

  it.each([
    ['a.txt', 'a.txt'],
    ['a b;c.txt', 'a b;c.txt'],
    ['日本.txt', '日本.txt'],
    ['../../etc/passwd', 'passwd'],
  ])('named %s', async (filename, name) => {
    expect(await send(filename, Buffer.from('hello'))).toBe('stored')
    expect([last?.key, last?.bytes.toString()]).toEqual([`user/${name}`, 'hello'])
    expect(last?.fields.get('x-amz-meta-a')).toBe('"quoted" \\ é; filename=x')
  })

  it('of two megabytes, and of more than is allowed', async () => {
    const content = Buffer.alloc(2_000_000, '\r\n--')
    expect(await send('a', content)).toBe('stored')
    expect(last?.bytes.equals(content)).toBe(true)
    expect(await send('a', Buffer.alloc(3_000_001))).toBe('BODY_TOO_LARGE')
  })

  it('with a field that nobody signed', async () => {
    expect(await send('a', Buffer.from('x'), ['--form-string', 'acl=public-read'])).toBe(
      'POLICY_FIELD_NOT_COVERED',
    )
    expect(await send('a', Buffer.from('x'), ['--form-string', 'x-ignore-a=b'])).toBe('stored')
  })
})

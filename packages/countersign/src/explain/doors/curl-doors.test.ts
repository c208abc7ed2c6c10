/** What curl really sends, and what it prints of it, is read as what the server saw. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithTool } from '../../../../../test/kit/tools.ts'
import { readEvidence } from './read-evidence.ts'
import type { ObservedRequest } from '../evidence.ts'

const DOCUMENT = `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature…</Message><StringToSign>AWS4-HMAC-SHA256
20261122T112355Z
x</StringToSign></Error>`

/** Quoted as a shell wants it, so that the line can be both run and read. */
const LINES: readonly (readonly [name: string, line: string])[] = [
  ['a plain GET', `curl -sv 'URL/bucket/a%20b?x=1&y'`],
  [
    'headers in all their forms',
    `curl -sv -H 'X-Amz-Meta-A:  two  words ' -H "b:1" -H 'empty;' -H 'Accept:' URL/`,
  ],
  ['data', `curl -sv --data 'a=b c&d' -d e=f URL/p`],
  [
    'data as it stands',
    `curl -sv --data-raw '@a' --data-binary $'line\\nend\\x41\\u00e9' -H 'content-type: text/plain' URL/p`,
  ],
  ['encoded data', `curl -sv --data-urlencode 'a=b c&=ü' --data-urlencode 'x y' URL/p`],
  ['data in the query', `curl -sv -G -d a=b -d 'c=d+e' URL/p?q`],
  ['an upload', `curl -sv -T FILE URL/p/`],
  ['another method', `curl -sv -X DELETE "URL/a\\"b\\$c"`],
  ['HEAD', `curl -sI -v URL/p`],
  ['JSON', `curl -sv --json '{"a":1}' URL/p`],
  ['a path with dots', `curl -sv URL/a/./b/../c/..`],
  ['a path with dots as it is', `curl -sv --path-as-is URL/a/../c`],
  ['continued lines', `curl -sv \\\n  -X PUT \\\n  -d 'a' \\\n  URL/p`],
  ['a file', `curl -sv -d @FILE -H content-type:text/x URL/p`],
  ['a range and an agent', `curl -sv -r 0-9 -A me -e http://r/ -b a=b --compressed URL/p`],
]

describeWithTool('curl', 'curl', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-doors-'))
  const file = join(folder, 'data.txt')
  writeFileSync(file, 'one\r\ntwo\n')
  let server: Server
  let origin: string
  let seen: ObservedRequest & { readonly body: Uint8Array }

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { method = '', url = '', rawHeaders } = request
        const headers = rawHeaders.flatMap((name, at): [string, string][] =>
          at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? '']] : [],
        )
        seen = { method, target: url, headers, body: Buffer.concat(chunks) }
        response.writeHead(403, { 'content-type': 'application/xml', 'x-amz-request-id': 'R' }).end(DOCUMENT)
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })

  afterAll(() => {
    server.close()
    rmSync(folder, { recursive: true })
  })

  /** Both of what a run prints, in one text as a terminal shows it. */
  async function run(line: string): Promise<string> {
    return new Promise((resolve) => {
      execFile('bash', ['-c', `${line} 2>&1`], { env: { ...process.env, NO_PROXY: '*' } }, (_, out) => {
        resolve(out)
      })
    })
  }

  const lower = (headers: ObservedRequest['headers']): string[] =>
    headers
      .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
      .filter((line) => !/^(?:user-agent: curl|expect)/.test(line))
      .toSorted()

  it.each(LINES)('is read as it sends: %s', async (_, template) => {
    const line = template.replaceAll('URL', origin).replaceAll('FILE', file)
    const log = await run(line)
    const { request, form } = readEvidence(line, { readFile: (path) => readFileSync(path) })
    expect(form).toBe('curl')
    expect({ method: request?.method, target: fileName(request?.target, line) }).toEqual({
      method: seen.method,
      target: seen.target,
    })
    expect(lower(request?.headers ?? [])).toEqual(lower(seen.headers))
    expect(Buffer.from(request?.body ?? []).toString('latin1')).toBe(
      Buffer.from(seen.body).toString('latin1'),
    )
    const shown = readEvidence(log)
    expect([shown.form, shown.wire?.method, shown.wire?.target]).toEqual([
      'curl-log',
      seen.method,
      seen.target,
    ])
    expect(lower(shown.wire?.headers ?? [])).toEqual(lower(seen.headers))
    expect(shown.answer?.status).toBe(403)
    const text = Buffer.from(shown.answer?.body ?? []).toString()
    expect(text).toBe(seen.method === 'HEAD' ? '' : DOCUMENT)
  })

  /** curl itself adds the name of an uploaded file; the door leaves that to whoever reads its note. */
  const fileName = (target: string | undefined, line: string): string | undefined =>
    line.includes('-T') && target?.endsWith('/') ? `${target}data.txt` : target

  it.each(['--trace-ascii', '--trace'])('is read off %s', async (flag) => {
    const log = join(folder, 'trace')
    await run(
      `curl -s ${flag} ${log} -o /dev/null -d 'hello=world' '${origin}/bucket/${'long'.repeat(40)}?x=1'`,
    )
    const { wire, answer, notes } = readEvidence(readFileSync(log))
    expect({ method: wire?.method, target: wire?.target }).toEqual({ method: 'POST', target: seen.target })
    expect(lower(wire?.headers ?? [])).toEqual(lower(seen.headers))
    expect(Buffer.from(wire?.body ?? []).toString()).toBe('hello=world')
    const body = Buffer.from(answer?.body ?? []).toString()
    expect(answer?.status).toBe(403)
    expect(body).toBe(flag === '--trace' ? DOCUMENT : DOCUMENT.replaceAll('\n', '.').replace('…', '...'))
    expect(notes).toHaveLength(flag === '--trace' ? 0 : 1)
  })

  it('takes the last of several exchanges, and says so', async () => {
    const log = await run(`curl -sv ${origin}/a ${origin}/b`)
    expect(readEvidence(log)).toMatchObject({ wire: { target: '/b' }, answer: { status: 403 } })
    expect(readEvidence(log).notes.join()).toContain('2 exchanges')
  })
})

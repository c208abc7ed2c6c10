/** Bodies, headers and queries are those that curl sends for the same arguments: curl itself is asked. */
import { createServer, type Server } from 'node:http'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeWithTool } from '../../../../test/kit/tools.ts'
import { readData, type DataKind, type DataPart } from './data.ts'
import { readHeaders } from './headers.ts'
import { addFileName, addToQuery, encodeForm, readUrlQuery } from './url-query.ts'

const folder = mkdtempSync(join(tmpdir(), 'countersign-curl-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = join(folder, 'a file.bin')
writeFileSync(file, Buffer.from([0x61, 0x20, 0x0d, 0x0a, 0x00, 0xff, 0x26, 0x0a]))

const lines = join(folder, 'lines')
writeFileSync(lines, 'a=1\r\n&b\n\nc\r')

const FLAGS: ReadonlyMap<DataKind, string> = new Map([
  ['data', '--data'],
  ['raw', '--data-raw'],
  ['binary', '--data-binary'],
  ['urlencode', '--data-urlencode'],
  ['json', '--json'],
])

const ROWS: [DataKind, string][][] = [
  [['data', '']],
  [['data', 'a=b']],
  [
    ['data', 'a'],
    ['data', 'b&c'],
  ],
  [
    ['data', 'a'],
    ['data', ''],
    ['data', 'c'],
  ],
  [['data', `@${lines}`]],
  [['raw', `@${file}`]],
  [['binary', `@${file}`]],
  [
    ['binary', 'x'],
    ['binary', `@${file}`],
  ],
  [
    ['json', '{"a":'],
    ['json', '1}'],
  ],
  [['json', `@${file}`]],
  [
    ['data', 'x'],
    ['json', 'y'],
  ],
  [
    ['json', 'y'],
    ['data', 'x'],
  ],
  [['urlencode', 'a b&ü~-._+']],
  [['urlencode', '=a=b']],
  [['urlencode', 'n=a b@c']],
  [['urlencode', 'n@m=c']],
  [['urlencode', `@${file}`]],
  [['urlencode', `n@${file}`]],
  [['urlencode', 'ä=b']],
]

const readSource = async (path: string): Promise<Uint8Array> => readFile(path)

describeWithTool('curl', 'what curl sends', (curl) => {
  let server: Server
  let origin: string
  let sent = { url: '', headers: [] as string[], body: Buffer.alloc(0) }

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        sent = { url: request.url ?? '', headers: request.rawHeaders, body: Buffer.concat(chunks) }
        response.end()
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })

  afterAll(() => {
    server.close()
  })

  async function askCurl(...args: string[]): Promise<typeof sent> {
    await promisify(execFile)(curl, ['-sS', '--noproxy', '*', ...args])
    return sent
  }

  it.each(ROWS.map((parts) => [parts.map(([kind, text]) => `${kind} ${text}`).join(', '), parts] as const))(
    'is our body, too: %s',
    async (_, row) => {
      const parts: DataPart[] = row.map(([kind, text]) => ({ kind, text }))
      const { body } = await askCurl(...parts.flatMap(({ kind, text }) => [FLAGS.get(kind)!, text]), origin)
      expect(Buffer.from((await readData(parts, readSource))!).toString('latin1')).toBe(
        body.toString('latin1'),
      )
    },
  )

  it.each(['a: b', 'a:b', 'a:  b  c ', 'a: b: c', 'a;', 'a: "q"', 'x-y_z: \t1'])(
    'is our header, too: %s',
    async (line) => {
      const { headers } = await askCurl('-H', line, origin)
      const [[name, value] = []] = (await readHeaders([line], readSource)).headers
      const at = headers.findIndex((text) => text === name)
      expect([at % 2, headers[at + 1]]).toEqual([0, value])
    },
  )

  it.each(['user-agent:', 'accept: '])('leaves a header out, as we do: %s', async (line) => {
    const { headers } = await askCurl('-H', line, origin)
    const { removed, headers: ours } = await readHeaders([line], readSource)
    expect(headers.map((text) => text.toLowerCase())).not.toContain(removed[0])
    expect([removed.length, ours]).toEqual([1, []])
  })

  it.each(['/', '/?a', '/?a=1', '/?a#f', '/#f'])('is our query with -G, too: %s', async (path) => {
    const { url } = await askCurl('-G', '-d', 'x=1', '-d', 'y', origin + path)
    expect(addToQuery(path, ['x=1&y']).replace(/#.*/, '')).toBe(url)
  })

  it.each(['/', '/a/', '/a', '/a/?q=/'])('is our upload, too: %s', async (path) => {
    const { url } = await askCurl('-T', file, origin + path)
    expect(addFileName(origin + path, file)).toBe(origin + url)
  })
})

it('leaves NUL out of a file as the manual has it, where older curls stop at it', async () => {
  const body = await readData([{ kind: 'data', text: `@${file}` }], readSource)
  expect(body).toEqual(Buffer.from([0x61, 0x20, 0xff, 0x26]))
})

it('makes no body of nothing, and an empty one of an empty piece', async () => {
  expect(await readData([], readSource)).toBeUndefined()
  expect(await readData([{ kind: 'data', text: '' }], readSource)).toHaveLength(0)
})

describe('queries', () => {
  it('are encoded pair by pair, a blank as %20, or taken as they are behind a +', async () => {
    expect(await readUrlQuery(['n=a b', '=c', 'd', '+e=%20+', `f@${file}`], readSource)).toEqual([
      'n=a%20b',
      'c',
      'd',
      'e=%20+',
      'f=a%20%0D%0A%00%FF%26%0A',
    ])
    expect(await encodeForm('a b', '+', readSource, '--data-urlencode')).toBe('a+b')
  })

  it('grow in front of a fragment', () => {
    expect(addToQuery('https://h/p?a=1&#f', ['b', '', 'c=2'])).toBe('https://h/p?a=1&b&c=2#f')
    expect(addToQuery('https://h/p', [])).toBe('https://h/p')
  })
})

describe('headers', () => {
  it('are read from files, as bytes', async () => {
    const headerFile = join(folder, 'headers')
    writeFileSync(headerFile, 'a: 1\r\nb: \u00e9\n\nc;\n')
    const { headers } = await readHeaders([`@${headerFile}`, 'd: 2'], readSource)
    expect(headers).toEqual([
      ['a', '1'],
      ['b', '\u00c3\u00a9'],
      ['c', ''],
      ['d', '2'],
    ])
  })

  it.each(['', 'nonsense', ': a', 'a b: c', 'a=b'])(
    'are refused, and their values kept quiet: %s',
    async (line) => {
      await expect(readHeaders([line], readSource)).rejects.toMatchObject({ code: 'USAGE', exitCode: 2 })
    },
  )
})

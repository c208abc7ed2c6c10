import { createHash } from 'node:crypto'
import { mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createBody, FileChangedError, hashBody, type RequestBody } from './request-body.ts'

async function openBody(content: string): Promise<{ path: string; body: RequestBody }> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-body-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'file')
  writeFileSync(path, content)
  const body = createBody([
    Buffer.from('<'),
    { file: await open(path), size: content.length },
    Buffer.from('>'),
  ])
  return { path, body }
}

async function collect(body: RequestBody): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body.read()) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

it('is read again and again, also when another file has its name', async () => {
  const content = 'x'.repeat(700_000)
  const { path, body } = await openBody(content)
  expect([body.size, body.bytes, body.isReplayable]).toEqual([content.length + 2, undefined, true])
  let read = 0
  const hash = await hashBody(body, (bytes) => (read += bytes))
  expect([hash, read]).toEqual([createHash('sha256').update(`<${content}>`).digest('hex'), body.size])
  renameSync(path, `${path}.old`)
  writeFileSync(path, 'other')
  expect(await collect(body)).toBe(`<${content}>`)
  await body.close()
})

it('tells that a file became shorter, and leaves out what was added', async () => {
  const { path, body } = await openBody('content')
  writeFileSync(path, 'content and more')
  expect(await collect(body)).toBe('<content>')
  truncateSync(path, 3)
  await expect(collect(body)).rejects.toThrow(FileChangedError)
  await body.close()
})

it('is in memory when all of its parts are', () => {
  expect(createBody([Buffer.from('a'), Buffer.from('b')]).bytes).toEqual(Buffer.from('ab'))
  expect(createBody([]).size).toBe(0)
})

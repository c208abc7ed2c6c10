import { expect, it } from 'vitest'
import { formatWriteOut, type Transfer } from './write-out.ts'

const TRANSFER: Transfer = {
  status: 201,
  headers: [
    ['Content-Type', 'text/plain'],
    ['X-A', '1'],
    ['x-a', '2'],
  ],
  method: 'PUT',
  url: 'HTTPS://example.com/a',
  redirectUrl: '',
  redirects: 1,
  retries: 2,
  sizeUpload: 3,
  sizeDownload: 4,
  timeTotal: 1.23456789,
  exitCode: 0,
  errorMessage: '',
  file: 'out',
}

it.each([
  ['%{http_code} %{response_code}', '201 201'],
  ['%{method} %{url_effective} %{scheme} %{http_version}', 'PUT HTTPS://example.com/a https 1.1'],
  ['%{size_upload} %{size_download} %{num_redirects} %{num_retries}', '3 4 1 2'],
  ['%{time_total}', '1.234568'],
  ['%{content_type}|%header{X-A}|%header{none}|%{num_headers}', 'text/plain|1||3'],
  ['%{exitcode}%{errormsg}%{redirect_url} %{filename_effective}', '0 out'],
  [String.raw`a\tb\r\n\\ \x`, 'a\tb\r\n\\ \\x'],
  ['100%% 5% %x {a}', '100% 5% %x {a}'],
  ['%{unclosed', '%{unclosed'],
  ['', ''],
  ['%', '%'],
  ['\\', '\\'],
])('writes %j as %j', (format, written) => {
  expect(formatWriteOut(format, TRANSFER)).toEqual({ stdout: written, stderr: '', unknown: [] })
})

it('writes to both streams, and JSON', () => {
  expect(formatWriteOut('a%{stderr}b%{stdout}c', TRANSFER)).toMatchObject({ stdout: 'ac', stderr: 'b' })
  const { stdout } = formatWriteOut('%{header_json}', TRANSFER)
  expect(JSON.parse(stdout)).toEqual({ 'content-type': ['text/plain'], 'x-a': ['1', '2'] })
  expect(JSON.parse(formatWriteOut('%{json}', TRANSFER).stdout)).toMatchObject({
    http_code: 201,
    method: 'PUT',
  })
})

it('names what it does not know', () => {
  expect(formatWriteOut('a%{nope}%{constructor}b', TRANSFER)).toEqual({
    stdout: 'ab',
    stderr: '',
    unknown: ['nope', 'constructor'],
  })
})

it('has three digits for no answer', () => {
  expect(formatWriteOut('%{http_code} %{http_version}', { ...TRANSFER, status: 0 }).stdout).toBe('000 0')
})

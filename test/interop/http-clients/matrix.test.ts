/**
 * `docs/client-matrix.md` is what the trials are held to. `npx vitest run test/interop/http-clients/matrix -u` writes it
 * anew.
 */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { AWS_SDK, COLUMNS, HTTP_CLIENTS, ON_NODE_24, type Column, type HttpClientFacts } from './clients.ts'

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

const HEAD = `# Client matrix

HTTP clients with an adapter, over real sockets, against servers that verify what arrives. Every ✓ is a column of trials that run
with every change; the numbers lead to the remarks below. What an adapter refuses ends in a typed error, and nothing is sent. Made from
the table that the trials are held to.
`

const TAIL = `
## What is tried

| column | trials |
| --- | --- |
| ${COLUMNS.plain} | \`GET\`, \`HEAD\`, headers of all kinds and repeated ones, 50 requests at the same time |
| ${COLUMNS.query} | names without values, repeated ones, signs, escapes, \`+\`, \`=\`, UTF-8, \`__proto__\`, for S3 and for others |
| ${COLUMNS.paths} | blanks, \`+\`, \`%\`, \`//\`, \`..\`, \`\\\`, accents, emoji, 1024 characters |
| ${COLUMNS.bodies} | texts, bytes, parts of buffers, blobs, parameters, forms, none, and one to \`DELETE\` |
| ${COLUMNS.stream} | streams of the web and of Node, to S3 in signed chunks, with a hash that is told, and without |
| ${COLUMNS.retry} | 429, 500, 503, throttling, a connection that breaks; each attempt is signed anew, and a stream is sent once |
| ${COLUMNS.redirect} | within the host, with and without the body; to another host, where no signature may go |
| ${COLUMNS.clock} | a server an hour ahead or behind |
| ${COLUMNS.abort} | before anything is sent, while credentials are waited for, while the answer is |
| ${COLUMNS.errors} | what AWS said, on what the client throws or hands back |

How each is used is in [HTTP clients](http-clients.md) and [the AWS SDK](aws-sdk.md).
`

function readManifest(path: string): Readonly<Record<string, string>> {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(new URL(path, import.meta.url), 'utf8'),
  ) as Manifest
  return { ...dependencies, ...devDependencies }
}

const versions = readManifest('../package.json')
const current = readManifest('../../runtimes/package.json')

/** The client with its version, or that of the Node that it is part of. */
function nameOf(client: string, from: Readonly<Record<string, string>>, node: number): string {
  const version = from[client]?.replace('^', '')
  return version === undefined ? `${client} of Node ${node}` : `${client} ${version}, Node ${node}`
}

function listClients(): (readonly [string, HttpClientFacts])[] {
  const rows: (readonly [string, HttpClientFacts])[] = []
  for (const [client, facts] of Object.entries(HTTP_CLIENTS)) {
    rows.push([nameOf(client, versions, 20), facts])
    if (ON_NODE_24.some((name) => name === client)) rows.push([nameOf(client, current, 24), facts])
  }
  return [...rows, [nameOf('@aws-sdk/client-s3', versions, 20), AWS_SDK]]
}

/** What is to be said of a cell. */
function remarksOf({ refused, without = {}, notes }: HttpClientFacts, column: Column): string[] {
  const reasons = new Map<string, string[]>()
  const texts = [
    ...Object.entries(refused).map(([trial, { code, reason }]) => [
      trial,
      `refused with \`${code}\`: ${reason}`,
    ]),
    ...Object.entries(without).map(([trial, reason]) => [
      trial,
      `not tried, since the client itself ${reason}`,
    ]),
  ] as [string, string][]
  for (const [trial, text] of texts) {
    if (!trial.startsWith(`${column}: `)) continue
    reasons.set(text, [...(reasons.get(text) ?? []), trial.slice(column.length + 2)])
  }
  const refusals = [...reasons].map(
    ([text, trials]) => `${trials.map((trial) => `\`${trial}\``).join(', ')}: ${text}`,
  )
  return [...refusals, ...(notes?.[column] === undefined ? [] : [notes[column]])]
}

function writePage(): string {
  const remarks: string[] = []
  const numberOf = (remark: string): number => {
    if (!remarks.includes(remark)) remarks.push(remark)
    return remarks.indexOf(remark) + 1
  }
  const columns = Object.keys(COLUMNS) as Column[]
  const rows = listClients().map(([name, facts]) => [
    name,
    ...columns.map((column) => ['✓', ...remarksOf(facts, column).map(numberOf)].join(' ')),
  ])
  const lines = [['', ...Object.values(COLUMNS)], ['', ...columns].map(() => '---'), ...rows]
  const table = lines.map((cells) => `| ${cells.join(' | ')} |`)
  const list = remarks.map((remark, index) => `${index + 1}. ${remark}`)
  return [HEAD, ...table, '', ...list, TAIL].join('\n')
}

it('docs/client-matrix.md says what is tried', async () => {
  await expect(writePage()).toMatchFileSnapshot('../../../docs/client-matrix.md')
})

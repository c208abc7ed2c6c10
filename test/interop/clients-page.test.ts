/**
 * `docs/clients.md` is what the tests of the clients say. `npx vitest run test/interop/clients-page -u` writes it anew.
 */
import { expect, it } from 'vitest'
import { CLIENTS, TRIALS, type Trial } from './trials.ts'

interface Facts {
  readonly version: string
  readonly without: { readonly [T in Trial]?: string }
  readonly notes?: { readonly [T in Trial]?: string }
}

const HEAD = `# Clients

Real clients, unchanged, against a small S3-shaped server built on \`countersign/servers/node\`. Every ✓ is a test that runs
with every change: the client does it, what it did is compared on the server, and nothing else was refused on the way.
\`–\` is what a client does not do; the numbers lead to the remarks below. Made from the table that the tests are held to.

To try another version of a client, put it first in \`PATH\`, or into \`test/interop/package.json\`, and run
\`npm test -- test/interop\`.
`

const TAIL = `
## What the servers of the tests do

| server | what it takes |
| --- | --- |
| the usual one | version 4 for \`s3\` in \`eu-central-1\`, by header, presigned URL and form |
| with version 2 | the same, and \`algorithms: [sigV4, s3V2]\`, \`sigV2Post\` for forms |
| with a clock | the usual one, 20 minutes ahead |
| with TLS | the usual one, with a certificate of the test's own |

Where version 2 is not taken, its clients are told S3's own words: \`InvalidRequest\`, "The authorization mechanism you have
provided is not supported. Please use AWS4-HMAC-SHA256."
`

function writePage(): string {
  const clients: readonly (readonly [string, Facts])[] = Object.entries(CLIENTS)
  const remarks: string[] = []
  const numberOf = (remark: string): number => {
    if (!remarks.includes(remark)) remarks.push(remark)
    return remarks.indexOf(remark) + 1
  }
  const cell = (trial: Trial, [, { without, notes }]: readonly [string, Facts]): string => {
    const remark = without[trial] ?? notes?.[trial]
    const mark = without[trial] === undefined ? '✓' : '–'
    return remark === undefined ? mark : `${mark} ${numberOf(remark)}`
  }
  const trials = Object.entries(TRIALS) as [Trial, string][]
  const rows = trials.map(([trial, text]) => [text, ...clients.map((client) => cell(trial, client))])
  const names = ['', ...clients.map(([name, { version }]) => `${name} ${version}`)]
  const lines = [names, names.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  const list = remarks.map((remark, index) => `${index + 1}. ${remark}`)
  return [HEAD, ...lines, '', ...list, TAIL].join('\n')
}

it('docs/clients.md says what is tried', async () => {
  await expect(writePage()).toMatchFileSnapshot('../../docs/clients.md')
})

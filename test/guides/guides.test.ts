/**
 * Every guide runs as it stands on its page and prints what the page says, against servers of this machine: the code of
 * a page is taken out of it, so that no page can show what does not work.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createCertificate } from '../interop/certificate.ts'
import { run } from '../interop/programs.ts'
import { startServer, type Listening } from '../kit/servers.ts'
import { describeWithTool } from '../kit/tools.ts'
import { patternOf, readGuide } from './guide-page.ts'
import { CREDENTIALS, startStandIn } from './stand-in.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** Pages that are programs, from the root. */
const pages = [
  'docs/how-it-works.md',
  ...readdirSync(join(root, 'docs/guides')).map((name) => `docs/guides/${name}`),
]
const hook = pathToFileURL(join(root, 'test/guides/to-loopback.mjs')).href

/** Files that a page may take for granted. */
const GIVEN = [
  ['report.pdf', 'a report'],
  ['film.mp4', 'film'.repeat(75_000)],
  // The real one looks for the command each time, and would not hand on a signal.
  ['npx', '#!/bin/sh\nexec "$@"\n'],
] as const

const PRELUDE = `set -euo pipefail; chmod +x npx; trap 'kill $(jobs -p) 2> /dev/null || true; wait' EXIT\n`

/** Pages name the ports that people know; here they may be taken. */
async function withFreePorts(page: string): Promise<string> {
  const ports = ['3000', '8080', '8081']
  const servers = await Promise.all(ports.map(() => startServer(() => {})))
  await Promise.all(servers.map((server) => server.close()))
  return ports.reduce(
    (text, port, index) => text.replaceAll(new RegExp(`\\b${port}\\b`, 'g'), String(servers[index]?.port)),
    page,
  )
}

function environment(folder: string, port: number): Record<string, string> {
  return {
    PATH: [folder, join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
    HOME: folder,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    NODE_OPTIONS: `--import=${hook}`,
    NODE_NO_WARNINGS: '1',
    STAND_IN_PORT: String(port),
  }
}

describeWithTool('curl', 'guides', () =>
  describeWithTool('openssl', 'on loopback', () => {
    let standIn: Listening<unknown>
    beforeAll(async () => {
      const certificate = await createCertificate()
      standIn = await startStandIn(certificate)
      certificate.remove()
    })
    afterAll(() => standIn.close())

    it.each(pages)('%s', async (page) => {
      const { script, shell, files } = readGuide(await withFreePorts(readFileSync(join(root, page), 'utf8')))
      expect(script.printed + shell.printed, 'what the page prints').not.toBe('')
      // Inside of the project, where the packages are found.
      const folder = mkdtempSync(join(root, 'test/guides/run-'))
      try {
        for (const [file, text] of [...GIVEN, ...files]) writeFileSync(join(folder, file), text)
        const env = environment(folder, standIn.port)
        if (script.code !== '') {
          writeFileSync(join(folder, 'page.mjs'), script.code)
          const printed = await run(process.execPath, ['page.mjs'], { cwd: folder, env })
          expect(printed).toMatch(patternOf(script.printed))
        }
        if (shell.code !== '') {
          const printed = await run('bash', ['-c', PRELUDE + shell.code], { cwd: folder, env })
          expect(printed).toMatch(patternOf(shell.printed))
        }
      } finally {
        rmSync(folder, { recursive: true })
      }
    })
  }),
)

/**
 * The page of the guide about uploads, in Chromium: somebody chooses a file, and it goes from the browser straight to the
 * store, with a form that a server of another origin signed.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { presignPost } from '../../packages/countersign/src/post.ts'
import { createCertificate } from '../interop/certificate.ts'
import { startServer, type Listening } from '../kit/servers.ts'
import { describeWithTool } from '../kit/tools.ts'
import { readGuide } from './guide-page.ts'
import { CREDENTIALS, startStandIn, type StandIn } from './stand-in.ts'

const guide = fileURLToPath(new URL('../../docs/guides/upload-from-a-browser.md', import.meta.url))
const { files } = readGuide(readFileSync(guide, 'utf8'))

/** The form of the guide. */
function signUploadForm(): string {
  const form = presignPost(
    {
      url: 'https://my-bucket.s3.eu-west-1.amazonaws.com/',
      bucket: 'my-bucket',
      key: 'user/eric/picture',
      fields: { success_action_status: '201' },
      conditions: [
        ['starts-with', '$Content-Type', 'image/'],
        ['content-length-range', 1, 5_000_000],
      ],
    },
    { credentials: CREDENTIALS },
  )
  return JSON.stringify(form)
}

describeWithTool('chromium', 'the page of the guide', (program) => {
  let store: StandIn
  let site: Listening<unknown>
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    const certificate = await createCertificate()
    store = await startStandIn(certificate)
    certificate.remove()
    site = await startServer((request, response) => {
      const name = request.url?.slice(1) ?? ''
      if (name === 'upload-form') return response.end(signUploadForm())
      response.setHeader('content-type', name.endsWith('.mjs') ? 'text/javascript' : 'text/html')
      return response.writeHead(files.has(name) ? 200 : 404).end(files.get(name))
    })
    const rule = `--host-resolver-rules=MAP *.amazonaws.com 127.0.0.1:${store.port}`
    browser = await chromium.launch({ executablePath: program, args: [rule, '--disable-dev-shm-usage'] })
    page = await browser.newPage({ ignoreHTTPSErrors: true })
  })
  afterAll(async () => {
    await browser.close()
    await Promise.all([store.close(), site.close()])
  })

  const choose = async (name: string, mimeType: string, text: string): Promise<string | null> => {
    // Loaded anew: what it says is then of this file.
    await page.goto(`${site.origin}/upload.html`)
    await page.locator('input').setInputFiles({ name, mimeType, buffer: Buffer.from(text) })
    await page.waitForFunction('document.querySelector("output").textContent')
    return page.locator('output').textContent()
  }

  it('sends the picture that was chosen', async () => {
    expect(await choose('me.png', 'image/png', 'a picture')).toBe('Thank you')
    const stored = store.objects.get('my-bucket/user/eric/picture')
    expect([stored?.type, stored?.bytes.toString()]).toEqual(['image/png', 'a picture'])
  })

  it('tells why another file is not taken', async () => {
    expect(await choose('me.html', 'text/html', '<script>')).toBe('The upload was refused (403)')
    expect(store.objects.size).toBe(1)
  })
})

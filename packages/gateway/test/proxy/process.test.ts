/** The proxy as people run it: a process of its own. */
import { mkdirSync, readdirSync, readlinkSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  createGatewayHome,
  type GatewayHome,
  type GatewayProcess,
} from '../../../../test/kit/gateway-process.ts'
import { startServer, type Listening } from '../../../../test/kit/servers.ts'

let upstream: Listening<unknown>
let home: GatewayHome
let proxy: GatewayProcess
beforeAll(async () => {
  upstream = await startServer((_request, response) => void response.end('ok'))
})
afterAll(() => upstream.close())
beforeEach(() => {
  home = createGatewayHome()
})
afterEach(async () => {
  await proxy.end('SIGKILL')
  home.remove()
})

const KEY = { AWS_ACCESS_KEY_ID: 'AKIDPROXY234567', AWS_SECRET_ACCESS_KEY: 'the-real-secret' }
const FLAGS = ['--service', 'execute-api', '--region', 'us-east-1']

/** The files that a process has open, as Linux tells them. */
function openFiles(pid: number | undefined): string[] {
  const folder = `/proc/${pid}/fd`
  return readdirSync(folder).map((name) => {
    try {
      return readlinkSync(join(folder, name))
    } catch {
      // It has been closed meanwhile.
      return ''
    }
  })
}

describe.skipIf(process.platform !== 'linux')('a proxy that is killed', () => {
  it('leaves nothing of the bodies that it held', async () => {
    const folder = join(home.folder, 'temporary')
    mkdirSync(folder)
    proxy = await home.startProxy({ ...KEY, TMPDIR: folder }, '--upstream', upstream.origin, ...FLAGS)
    const upload = request(proxy.origin, { method: 'POST', agent: false })
    upload.on('error', () => {})
    upload.write(Buffer.alloc(3_000_000))
    await expect
      .poll(() => openFiles(proxy.child.pid).filter((file) => file.startsWith(folder)))
      .toHaveLength(1)
    expect(await proxy.end('SIGKILL')).toBe('SIGKILL')
    expect(readdirSync(folder)).toEqual([])
  })
})

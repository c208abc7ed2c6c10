import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Pool } from 'undici'
const up = fork(new URL('../gateway/upstream.mjs', import.meta.url), [], {
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
})
const [{ port: u }] = await once(up, 'message')
const px = fork(new URL('proxy.mjs', import.meta.url), [String(u), process.argv[2]], {
  execArgv: ['--cpu-prof', '--cpu-prof-dir=/tmp/prof-' + process.argv[2]],
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
})
const [{ port }] = await once(px, 'message')
const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 32 })
let count = 60000
await Promise.all(
  Array.from({ length: 32 }, async () => {
    while (count-- > 0) {
      const { body } = await pool.request({
        method: 'GET',
        path: `/notes/${count}?prefix=a`,
        headers: [
          'x-amz-date',
          '20261122T121212Z',
          'authorization',
          'AWS4-HMAC-SHA256 Credential=CSAKBENCHMARKKEY2345/20261122/us-east-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=00',
        ],
      })
      await body.dump()
    }
  }),
)
await pool.destroy()
px.disconnect()
up.disconnect()

/** A server of `node:http` in a process of its own, with the verifier or without it, that tells what it has used. */
import { createServer } from 'node:http'
import { requireSignature } from 'countersign/servers/node'
import { createVerifier } from 'countersign/verify'
import { credentials, region, service } from '../gateway/settings.mjs'

const notes = Array.from({ length: 200 }, (_, id) => ({
  id,
  title: `${'abcde'[id % 5]} note`,
  text: 'What stands in it, in about as many words as somebody writes into such a note.',
  tags: ['first', 'second'],
  changed: new Date(Date.UTC(2026, 10, 22) - id * 60_000).toISOString(),
}))

/** @typedef {import('node:http').RequestListener} Listener */
/** @type {{ nothing: Listener, something: Listener }} */
const HANDLERS = {
  /** As little as a server can do: what is left is Node's own work. */
  nothing(_, response) {
    response.setHeader('content-type', 'application/json')
    response.end('{"notes":[]}')
  },
  /** A page of forty notes, looked up and written as JSON. */
  something(request, response) {
    const prefix = new URLSearchParams(request.url?.split('?')[1]).get('prefix') ?? ''
    const page = notes.filter(({ title }) => title.startsWith(prefix)).slice(0, 40)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ notes: page }))
  },
}
const [mode, work] = process.argv.slice(2)
const handle = work === 'something' ? HANDLERS.something : HANDLERS.nothing

const { secretAccessKey } = credentials
const guard = requireSignature(
  createVerifier({ secrets: () => ({ secretAccessKey, principal: 'bench' }), service, region }),
)
/** @type {import('node:http').RequestListener} */
const guarded = (request, response) => guard(request, response, () => handle(request, response))

const server = createServer(mode === 'open' ? handle : guarded)
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : undefined })
})
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpu: user + system })
})
process.once('disconnect', () => process.exit())

/**
 * The demo API behind the gateway: notes that are kept while the process lives. It knows nothing of signatures: who
 * sends a request is in the headers that the gateway writes, and what arrives here was signed.
 */

const notes = new Map([
  ['apple', 'a fruit'],
  ['avocado', 'a fruit too'],
])

function reply(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify(value, null, 2)}\n`)
}

function list(query, principal, response) {
  const prefix = query.get('prefix') ?? ''
  const names = [...notes.keys()].filter((name) => name.startsWith(prefix))
  reply(response, 200, { caller: principal, notes: names.slice(0, Number(query.get('limit') ?? 100)) })
}

async function store(name, request, response) {
  const pieces = []
  for await (const piece of request) pieces.push(piece)
  notes.set(name, Buffer.concat(pieces).toString('utf8'))
  return reply(response, 201, { stored: name })
}

/**
 * Answers a request that the gateway let through.
 *
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
export function handleNotes(request, response) {
  const { url = '/', headers } = request
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const { pathname, searchParams } = new URL(url, 'http://notes')
  const name = /^\/notes\/([\w-]{1,64})$/.exec(pathname)?.[1]
  if (method === 'GET' && pathname === '/notes') {
    return list(searchParams, headers['x-countersign-principal'], response)
  }
  if (method === 'GET' && name) {
    if (notes.has(name)) return reply(response, 200, { [name]: notes.get(name) })
    return reply(response, 404, { message: `There is no note ${name}` })
  }
  if (method === 'PUT' && name) return store(name, request, response)
  return reply(response, 404, { message: 'There are /notes and /notes/{name}' })
}

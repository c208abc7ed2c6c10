/** The demo API behind the verifier: notes that are kept while the process lives. */

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

async function store(name, body, response) {
  const pieces = []
  try {
    for await (const piece of body ?? []) pieces.push(piece)
  } catch (error) {
    // A long body is checked while it is read: only at its end is it known to be the one that was signed.
    return reply(response, 400, { message: error.message })
  }
  notes.set(name, Buffer.concat(pieces).toString('utf8'))
  return reply(response, 201, { stored: name })
}

/**
 * Answers a verified request. It reads from the covered view alone: nothing that was not signed can steer it.
 *
 * @param {import('countersign/verify').VerifiedRequest} verified
 * @param {import('node:http').ServerResponse} response
 */
export function handleNotes({ covered, principal, body }, response) {
  const name = /^\/notes\/([\w-]{1,64})$/.exec(covered.path)?.[1]
  if (covered.method === 'GET' && covered.path === '/notes')
    return list(new Map(covered.query), principal, response)
  if (covered.method === 'GET' && name && notes.has(name))
    return reply(response, 200, { [name]: notes.get(name) })
  if (covered.method === 'PUT' && name) return store(name, body, response)
  return reply(response, 404, { message: 'There are /notes and /notes/{name}' })
}

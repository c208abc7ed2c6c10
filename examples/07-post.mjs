/** A form that uploads straight to a store: signed here, and checked there before the first byte of the file is taken. */
import { createServer } from 'node:http'
import { buildPostResponse, createPostVerifier, presignPost } from 'countersign/post'
import { requireSignature, verifiedFormOf } from 'countersign/servers/node'
import { createVerifier, s3Xml, VerificationError } from 'countersign/verify'
import { listen } from './lib/listen.mjs'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }

// The store. Its bucket is the path.
const secrets = (/** @type {string} */ id) => (id === credentials.accessKeyId ? credentials : undefined)
const posts = createPostVerifier({ secrets, region: 'local' })
const guard = requireSignature(createVerifier({ secrets, service: 's3', region: 'local' }), {
  respond: s3Xml,
  forms: (message) => posts.verify({ ...message, bucket: message.target.slice(1) }),
})
const server = createServer((request, response) => {
  const answer = async () => {
    const post = verifiedFormOf(request)
    let size = 0
    for await (const piece of post.file) size += piece.length
    console.log(`stored ${post.bucket}/${post.key}, ${size} bytes`)
    return buildPostResponse(post, { etag: '"1"', location: `${request.url}/${post.key}` })
  }
  guard(request, response, (fault) => {
    if (fault) {
      response.writeHead(500).end()
      return
    }
    void answer()
      // The file may turn out to be larger than its policy allows.
      .catch((error) => {
        if (error instanceof VerificationError) return s3Xml(error)
        throw error
      })
      .then((sent) => response.writeHead(sent.status, sent.headers.flat()).end(sent.body))
  })
})
const base = await listen(server)

// Whoever hands out the form. It needs no connection to the store.
const { url, fields, expiresAt } = presignPost(
  {
    url: `${base}/uploads`,
    bucket: 'uploads',
    keyStartsWith: 'user/eric/',
    fields: { success_action_status: '201' },
    conditions: [
      ['starts-with', '$Content-Type', 'image/'],
      ['content-length-range', 1, 1000],
    ],
    expiresIn: 600,
  },
  { credentials, region: 'local' },
)
console.log('the form works for', Math.round((expiresAt.getTime() - Date.now()) / 1000 / 60), 'minutes')

// The page in the browser.
async function upload(type, size) {
  const form = new FormData()
  for (const [name, value] of fields) form.append(name, value)
  form.append('Content-Type', type)
  form.append('file', new Blob([new Uint8Array(size)]), 'cat.png')
  const response = await fetch(url, { method: 'POST', body: form })
  const text = await response.text()
  console.log(`${type}, ${size} bytes:`, response.status, /<(?:Message|Key)>(.*?)<\//.exec(text)?.[1])
}

await upload('image/png', 500)
await upload('text/html', 500)
await upload('image/png', 5000)
server.close()

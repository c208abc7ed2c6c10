/**
 * Signed `fetch` over a real connection, to a server of web-standard requests that lets only signed ones in.
 *
 * @module
 */
import { createSigner } from 'countersign'
import { createSignedFetch } from 'countersign/adapters/fetch'
import { requireSignature, verifiedOf } from 'countersign/servers/fetch'
import { createVerifier } from 'countersign/verify'
import { CREDENTIALS, now, secrets } from './inputs.ts'
import { describeOutput, outcomeOf, utf8 } from './output.ts'
import type { Case } from './suite.ts'

const PATH = '/loopback/'
const SCOPE = { service: 'execute-api', region: 'local' }

/** The server: tells what it knows of a request that it let in. */
export const loopbackHandler: (request: Request) => Promise<Response> = requireSignature(
  createVerifier({ ...SCOPE, secrets, now }),
)(async (request) => {
  const { principal, payload, covered } = verifiedOf(request)
  const bytes = new Uint8Array(await request.arrayBuffer())
  const types = covered.headers.filter(([name]) => name === 'content-type' || name.startsWith('x-amz-meta-'))
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  // The boundary of a form is another one each time, and its length need not be.
  const isForm = types.some(([, value]) => value.startsWith('multipart/'))
  const { method, path, query } = covered
  const told = {
    method,
    path,
    query,
    principal,
    payload,
    ...(isForm ? {} : { types, hash, length: bytes.length }),
  }
  return new Response(describeOutput(told))
})

const BODIES: readonly (readonly [string, () => BodyInit | undefined])[] = [
  ['none', () => undefined],
  ['text', () => 'Grüße'],
  ['bytes', () => utf8('0123456789').subarray(2, 7)],
  ['ArrayBuffer', () => utf8('0123456789').buffer],
  ['Blob', () => new Blob(['hello'], { type: 'text/x-hello' })],
  [
    'URLSearchParams',
    () =>
      new URLSearchParams([
        ['a', 'b c'],
        ['a', '&'],
      ]),
  ],
  [
    'FormData',
    () => {
      const form = new FormData()
      form.append('name', 'value')
      form.append('file', new Blob(['hello']), 'hello.txt')
      return form
    },
  ],
]

/** All of them. */
export function loopbackCases(origin: string): Case[] {
  const signedFetch = createSignedFetch(createSigner({ ...SCOPE, credentials: CREDENTIALS, now }))
  const url = `${origin}${PATH}a%20b/c`
  const tell = async (response: Response): Promise<[status: number, text: string]> => [
    response.status,
    await response.text(),
  ]
  /** Without the rest of the message, which names the port. */
  const refused = async (response: Response): Promise<unknown> => {
    const [status, text] = await tell(response)
    return [status, (JSON.parse(text) as { message: string }).message.split('\n', 1)]
  }
  return [
    ...BODIES.map(([name, body]) => ({
      name: `fetch: ${name}`,
      run: async () => {
        const init = { method: name === 'none' ? 'GET' : 'POST', headers: { 'x-amz-meta-note': 'a   b' } }
        const [status, text] = await tell(
          await signedFetch(`${url}?x=1&x=%C3%A9&y`, { ...init, body: body() ?? null }),
        )
        if (status !== 200) throw new Error(`The server answered ${status}: ${text}`)
        return text
      },
    })),
    {
      name: 'fetch: a Request',
      // A text without a type of its own gets one in the Request, but not in Bun's.
      run: async () => tell(await signedFetch(new Request(url, { method: 'PUT', body: utf8('hello') }))),
    },
    {
      name: 'fetch: what is not signed, and what was altered',
      run: async () => [
        await refused(await fetch(url)),
        await refused(
          await createSignedFetch(createSigner({ ...SCOPE, credentials: CREDENTIALS, now }), {
            fetch: (signed, init) => fetch(signed, { ...init, body: 'another' }),
          })(url, { method: 'POST', body: 'hello' }),
        ),
      ],
    },
    {
      name: 'fetch: what it would alter',
      run: () => outcomeOf(() => signedFetch(`${origin}${PATH}a/../b`)),
    },
  ]
}

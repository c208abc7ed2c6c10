/**
 * What stands in for AWS while the programs of the guides run: a TLS server that verifies what it is sent, for any host
 * of AWS's. At S3 it keeps objects; elsewhere it tells who asked for what.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { buildPostResponse, createPostVerifier } from '../../packages/countersign/src/post.ts'
import {
  isVerifiedForm,
  requireSignature,
  verifiedFormOf,
  verifiedOf,
} from '../../packages/countersign/src/servers/node.ts'
import {
  createVerifier,
  restJson,
  s3Xml,
  type SecretsLookup,
  type VerificationError,
} from '../../packages/countersign/src/verify/index.ts'
import { startTlsServer, type Listening } from '../kit/servers.ts'

/** The key that the guides sign with. */
export const CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}

/** An object of a bucket. */
export interface StoredObject {
  readonly bytes: Buffer
  readonly type: string
}

/** Keys of the role that STS gives to whoever asks. */
const ROLE = {
  accessKeyId: 'ASIAEXAMPLEOFROLE',
  secretAccessKey: 'another secret of at least 30 characters',
  sessionToken: 'a-session-token-of-the-role',
}
const ROLE_ASSUMED = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>${ROLE.accessKeyId}</AccessKeyId><SecretAccessKey>${ROLE.secretAccessKey}</SecretAccessKey>
<SessionToken>${ROLE.sessionToken}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
</Credentials></AssumeRoleResult></AssumeRoleResponse>`

const OWNERS = new Map([
  [CREDENTIALS.accessKeyId, { ...CREDENTIALS, principal: 'you' }],
  [ROLE.accessKeyId, { ...ROLE, principal: 'reader' }],
])

const SERVICES = ['s3', 'sqs', 'es', 'execute-api', 'dynamodb', 'bedrock', 'sts']

/** One that runs. */
export interface StandIn extends Listening<unknown> {
  /** What it keeps, by `bucket/key`. */
  readonly objects: ReadonlyMap<string, StoredObject>
}

/** Starts one. */
export async function startStandIn(tls: { readonly key: string; readonly cert: string }): Promise<StandIn> {
  const objects = new Map<string, StoredObject>()
  const secrets: SecretsLookup<string> = (accessKeyId) => OWNERS.get(accessKeyId)
  const verifier = createVerifier({ service: SERVICES, region: '*', secrets })
  const posts = createPostVerifier({ region: '*', secrets })
  const guard = requireSignature(verifier, { respond: restJson })
  const storeGuard = requireSignature(verifier, {
    respond: s3Xml,
    forms: (message) => posts.verify({ ...message, bucket: bucketOf(message.headers) }),
  })

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (isVerifiedForm(request)) {
      const post = verifiedFormOf(request)
      const bytes = await read(post.file)
      objects.set(`${post.bucket}/${post.key}`, {
        bytes,
        type: new Map(post.fields).get('content-type') ?? '',
      })
      const sent = buildPostResponse(post, { etag: '"1"', location: `/${post.key}` })
      response.writeHead(sent.status, sent.headers.flat()).end(sent.body)
      return
    }
    const { principal, scope, payload, body = [], covered } = verifiedOf(request)
    const bytes = await read(body)
    if (scope.service === 'sts') {
      response.writeHead(200, { 'content-type': 'text/xml' }).end(ROLE_ASSUMED)
      return
    }
    if (scope.service !== 's3') {
      const asked = `${covered.method} ${request.url ?? ''}`
      const text = JSON.stringify({ service: scope.service, principal, asked, body: bytes.toString() })
      response.writeHead(200, { 'content-type': 'application/json' }).end(text)
      return
    }
    const name = `${bucketOf([['host', request.headers.host ?? '']])}${decodeURIComponent(covered.path)}`
    if (covered.method === 'PUT') {
      objects.set(name, { bytes, type: request.headers['content-type'] ?? '' })
      response.writeHead(200, { etag: '"1"', 'x-payload': payload }).end()
      return
    }
    const object = objects.get(name)
    if (object === undefined) {
      const text = '<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>'
      response.writeHead(404, { 'content-type': 'application/xml' }).end(text)
      return
    }
    response.writeHead(200, { 'content-type': object.type, 'content-length': object.bytes.length })
    response.end(covered.method === 'HEAD' ? undefined : object.bytes)
  }

  const server = await startTlsServer(tls, (request, response) => {
    const isStore = request.headers.host?.includes('.s3.')
    // Pages of any origin may ask, as a bucket can be told.
    response.setHeader('access-control-allow-origin', '*')
    const fail = (error: unknown): void => {
      const { status, headers, body } = s3Xml(error as VerificationError)
      response.writeHead(status, headers.flat()).end(body)
    }
    const answer = async (fault: unknown): Promise<void> => {
      if (fault !== undefined) return fail(fault)
      try {
        await serve(request, response)
      } catch (thrown) {
        fail(thrown)
      }
    }
    ;(isStore ? storeGuard : guard)(request, response, (error) => void answer(error))
  })
  return { ...server, objects }
}

function bucketOf(headers: readonly (readonly [name: string, value: string])[]): string {
  const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? ''
  return host.split('.')[0] ?? ''
}

async function read(body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces)
}

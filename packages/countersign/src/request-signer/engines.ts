/**
 * What signs, by the kind of authentication: each made of one of the `algorithms` that were passed in.
 *
 * @module
 */
import type { SignatureAlgorithm } from '../algorithms/algorithm.ts'
import { UNSIGNED_PAYLOAD, X_AMZ_CONTENT_SHA256 } from '../core/names.ts'
import type { AnyCredentials, Credentials, KeyCredentials } from '../credentials/credentials.ts'
import { SigningError } from '../errors.ts'
import type {
  Body,
  HttpRequest,
  PresignedUrl,
  SignedBody,
  SignedRequest,
  SyncBody,
} from '../sign/http-request.ts'
import { isStream, readBody } from '../sign/read-body.ts'
import { readHeaders } from '../sign/read-headers.ts'
import { signedHost, withContentType } from '../sign/sign-any-body.ts'
import { createSigner, type Signer } from '../sign/signer.ts'
import type { SigningDecision } from './decision.ts'
import { NO_STEPS, planPlain, sendPlain } from './plain-request.ts'
import type {
  OlderScheme,
  OlderOptions,
  RequestAlgorithm,
  RequestRules,
  SchemeSigner,
} from './request-rules.ts'
import type { SchemeName } from './scheme-names.ts'

/** Lifetime of a presigned URL, in whole seconds. */
interface Lifetime {
  readonly expiresIn?: number | undefined
}

/** Signs what was decided. */
export interface Engine {
  sign(
    request: HttpRequest<Body>,
    decision: SigningDecision,
    rules: RequestRules,
  ): Promise<SignedRequest<SignedBody>>
  presign(
    request: HttpRequest<Body>,
    decision: SigningDecision,
    rules: RequestRules & Lifetime,
  ): Promise<PresignedUrl>
}

/** What all of them sign with. */
export interface EngineParts {
  readonly provide: () => Promise<Credentials | KeyCredentials>
  readonly now: ((host: string) => Date) | undefined
}

/** The last instant that a `Date` can have: what is not signed does not end. */
const NEVER: Date = new Date(8.64e15)

/** Makes what signs, by kind. */
export function createEngines(
  algorithms: readonly RequestAlgorithm[],
  parts: EngineParts,
): ReadonlyMap<SchemeName, Engine> {
  return new Map([['none', PLAIN], ...algorithms.map((algorithm) => createEngine(algorithm, parts))])
}

function createEngine(algorithm: RequestAlgorithm, parts: EngineParts): [SchemeName, Engine] {
  if ('deriveKey' in algorithm) {
    return [algorithm.regionSet ? 'sigv4a' : 'sigv4', engineOfFamily(algorithm, parts)]
  }
  return [
    algorithm.scheme,
    'signRequest' in algorithm ? engineOfOlder(algorithm, parts) : engineOfSigner(algorithm),
  ]
}

/** Nothing is signed. */
const PLAIN: Engine = {
  sign: async (request) => sendPlain(request),
  async presign(request) {
    const { headers, ...head } = planPlain(request)
    return { ...head, headers: headers.filter(([name]) => name !== 'host'), expiresAt: NEVER, ...NO_STEPS }
  },
}

function engineOfFamily(algorithm: SignatureAlgorithm, { provide, now }: EngineParts): Engine {
  const signerFor = async (decision: SigningDecision, rules: RequestRules): Promise<Signer> => {
    const { service, region, normalizePath, pathEncoding } = decision
    const decided = { service, region, normalizePath, pathEncoding, algorithm }
    return createSigner({ ...rules, ...decided, credentials: await provide(), now })
  }
  return {
    async sign(request, decision, rules) {
      const signer = await signerFor(decision, rules)
      return signer.sign(decision.isPayloadUnsigned ? withoutHash(request) : request)
    },
    async presign(request, decision, { expiresIn, ...rules }) {
      const signer = await signerFor(decision, rules)
      return signer.presign(request, { expiresIn })
    },
  }
}

function withoutHash(request: HttpRequest<Body>): HttpRequest<Body> {
  return { ...request, headers: [...readHeaders(request.headers), [X_AMZ_CONTENT_SHA256, UNSIGNED_PAYLOAD]] }
}

function engineOfSigner(signer: SchemeSigner): Engine {
  return {
    sign: async (request) => signer.sign(request),
    presign: async (request, _, { expiresIn }) => signer.presign(request, { expiresIn }),
  }
}

function engineOfOlder(
  { scheme, signRequest, presignUrl }: OlderScheme,
  { provide, now }: EngineParts,
): Engine {
  const settle = async (request: HttpRequest): Promise<OlderOptions> => ({
    credentials: withSecret(await provide()),
    date: now?.(signedHost(request)),
  })
  return {
    async sign(request) {
      return { ...NO_STEPS, ...signRequest(await readWhole(request), await settle(request)) }
    },
    async presign(request, _, { expiresIn }) {
      if (!presignUrl) throw new SigningError('PRESIGN_UNSUPPORTED', `${scheme} has no presigned URLs here`)
      return {
        ...NO_STEPS,
        ...presignUrl(await readWhole(request), { ...(await settle(request)), expiresIn }),
      }
    },
  }
}

function withSecret(credentials: AnyCredentials): Credentials {
  const { secretAccessKey, accessKeyId, sessionToken, expiration } = credentials
  if (secretAccessKey) return { accessKeyId, secretAccessKey, sessionToken, expiration }
  throw new SigningError(
    'SECRET_KEY_MISSING',
    'Versions before 4 have no derived keys; give the secret access key',
  )
}

async function readWhole(request: HttpRequest<Body>): Promise<HttpRequest<SyncBody>> {
  const { body } = request
  if (body !== undefined && isStream(body)) {
    throw new SigningError('BODY_UNSUPPORTED', 'Versions before 4 take no streams here; collect the bytes')
  }
  const { bytes, contentType } = await readBody(body)
  const typed = contentType === undefined ? request : withContentType(request, contentType)
  return { ...typed, body: bytes }
}

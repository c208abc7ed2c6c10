/**
 * Proofs of identity, good and forged, with the STS that is asked about them.
 *
 * @module
 */
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { IdentityProofError } from '../../packages/countersign/src/errors.ts'
import {
  createIdentityProof,
  createReplayGuard,
  verifyIdentityProof,
  type VerifiedIdentity,
  type VerifyIdentityProofOptions,
} from '../../packages/countersign/src/identity-proof/index.ts'
import { presignUrl, signRequest, type HttpRequest } from '../../packages/countersign/src/index.ts'
import { jsonReply, startSts, type Caller, type StsServer } from './sts-server.ts'

/** The clock of all. */
export const NOW = new Date('2026-11-22T12:34:56Z')
/** The STS that proofs are for. */
export const HOST = 'sts.eu-west-1.amazonaws.com'
/** Its region. */
export const region = 'eu-west-1'
/** The server that proofs are for. */
export const audience = 'api.example.com'
/** Alice's. */
export const credentials = {
  accessKeyId: 'ASIAALICE',
  secretAccessKey: 'alices-secret',
  sessionToken: 'alices/token+==',
}
/** What STS knows of her. */
export const ALICE: Caller = {
  account: '123456789012',
  arn: 'arn:aws:sts::123456789012:assumed-role/Deploy/alice',
  userId: 'AROAEXAMPLEID:alice',
}

/** The STS; it forgets and is honest again after each test. */
export let sts: StsServer
beforeAll(async () => {
  const { secretAccessKey, sessionToken } = credentials
  const keys = new Map([['ASIAALICE', { found: { secretAccessKey, sessionToken }, caller: ALICE }]])
  sts = await startSts(keys, () => NOW)
})
afterAll(() => sts.close())
afterEach(() => {
  sts.asked.length = 0
  sts.answer = undefined
  sts.reply = jsonReply
})

/** A server that trusts this STS, and forgets. */
export async function verify(
  proof: string,
  options: Partial<VerifyIdentityProofOptions> = {},
): Promise<VerifiedIdentity> {
  return verifyIdentityProof(proof, {
    audience,
    stsHost: HOST,
    fetch: sts.fetch,
    now: () => NOW,
    replayGuard: createReplayGuard(),
    ...options,
  })
}

/** Expects a refusal, without STS having been asked unless said so. */
export async function expectRefused(
  proof: string,
  code: string,
  options: Partial<VerifyIdentityProofOptions> = {},
  asked = 0,
): Promise<IdentityProofError> {
  const error = await verify(proof, options).then(
    () => expect.unreachable('The proof was accepted'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof IdentityProofError)) throw error
  expect(error.code).toBe(code)
  expect(sts.asked).toHaveLength(asked)
  const shown = `${error.message} ${JSON.stringify(error)}`
  expect(shown).not.toMatch(/alices|[0-9a-f]{64}/)
  return error
}

/** A good proof. */
export const presigned = createIdentityProof({ credentials, region, audience, date: NOW }).proof
/** A good proof in the other form. */
export const signed = createIdentityProof({ credentials, region, audience, date: NOW, form: 'signed' }).proof

/** The URL in a presigned proof. */
export function urlOf(proof: string): string {
  return Buffer.from(proof.slice('k8s-aws-v1.'.length), 'base64url').toString('latin1')
}

/** A presigned proof with a URL in it. */
export function wrap(url: string): string {
  return `k8s-aws-v1.${Buffer.from(url, 'latin1').toString('base64url')}`
}

/** The good proof with another URL. */
export function changed(change: (url: string) => string): string {
  const url = change(urlOf(presigned))
  expect(url).not.toBe(urlOf(presigned))
  return wrap(url)
}

/** A URL that the client itself signed, so that only the rules stand between it and STS. */
export function presignedFor(url: string, headers: Record<string, string> = {}, expiresIn = 900): string {
  const named = { 'x-countersign-audience': audience, ...headers }
  const options = {
    credentials,
    service: 'sts',
    region,
    date: NOW,
    expiresIn,
    signHeaders: Object.keys(named),
  }
  return wrap(presignUrl({ method: 'GET', url, headers: named }, options).url)
}

/** What is in a signed proof. */
export interface Parts {
  method: unknown
  url: string
  body: string
  headers: Record<string, unknown>
}

/** A signed proof of its parts. */
export function pack({ method, url, body, headers }: Parts): string {
  const encode = (text: string): string => Buffer.from(text).toString('base64')
  return JSON.stringify({
    iam_http_request_method: method,
    iam_request_url: encode(url),
    iam_request_body: encode(body),
    iam_request_headers: encode(JSON.stringify(headers)),
  })
}

/** The body of a signed proof. */
export const CALL = 'Action=GetCallerIdentity&Version=2011-06-15'

/** A request that the client itself signed. */
export function signedFor(given: Partial<HttpRequest<string>> = {}, names?: readonly string[]): Parts {
  const headers = { 'x-countersign-audience': audience, ...(given.headers as Record<string, string>) }
  const request = { method: 'POST', url: `https://${HOST}/`, body: CALL, ...given, headers }
  const signHeaders = names ?? Object.keys(headers)
  const made = signRequest(request, { credentials, service: 'sts', region, date: NOW, signHeaders })
  return {
    method: made.method,
    url: made.url,
    body: request.body ?? '',
    headers: Object.fromEntries(made.headers),
  }
}

/** A good signed proof with other parts. */
export function repacked(change: (parts: Parts) => void): string {
  const parts = signedFor()
  change(parts)
  return pack(parts)
}

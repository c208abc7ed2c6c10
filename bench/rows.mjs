/**
 * What is measured: one request signed by this library and by its peers, each as its users call it, with its signing
 * key already cached. The requests take turns, so that no runtime can compute anything once and for all.
 */
import { createHmac, generateKeyPairSync, hash, sign } from 'node:crypto'
import { createRequire } from 'node:module'
import { Hash } from '@smithy/core/serde'
import { SignatureV4 } from '@smithy/signature-v4'
import { Signer } from '@aws-sdk/rds-signer'
import { SignatureV4a } from '@aws-sdk/signature-v4a'
import { AwsClient } from 'aws4fetch'
import { presignUrl, signRequest } from 'countersign'
import { createVerifier } from 'countersign/verify'
import { presignPost } from 'countersign/post'
import { sigV4A } from 'countersign/sigv4a'
import { createRdsToken } from 'countersign/tokens'

/** @import { Row } from './measure.mjs' */

/** Has no types of its own. @type {{ sign(request: object, credentials: object): { headers: object } }} */
const aws4 = createRequire(import.meta.url)('aws4')

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const service = 'execute-api'
const region = 'us-east-1'
const options = { credentials, service, region }

const host = 'abc123.execute-api.us-east-1.amazonaws.com'
const VARIANTS = 8
const values = Array.from({ length: VARIANTS }, (_, index) => `value${index}`)
const paths = values.map((value) => `/stage/items?Param1=${value}&Param2=value2`)
const urls = paths.map((path) => `https://${host}${path}`)

/** @template T @param {readonly T[]} list @param {number} index @returns {T} */
const pick = (list, index) => /** @type {T} */ (list[index % VARIANTS])

/** The types of Node leave its fastest writer out. @param {Buffer} buffer */
const writable = (buffer) =>
  /** @type {Buffer & { latin1Write(text: string, offset: number): number }} */ (buffer)

/**
 * The least that any signer must do, the fastest way that the runtime offers: hash the canonical request, and make
 * the HMAC of the string to sign with two one-shot hashes over blocks of padded key.
 *
 * @returns {Row}
 */
function floorRow() {
  const signed = urls.map((url) => signRequest({ method: 'GET', url }, options))
  // Through a buffer, so that they are flat in memory.
  const requests = signed.map(({ canonicalRequest }) => Buffer.from(canonicalRequest).toString('latin1'))
  const texts = signed.map(({ stringToSign }) => Buffer.from(stringToSign).toString('latin1'))
  const inner = writable(Buffer.alloc(64 + (texts[0]?.length ?? 0), 0x36))
  const outer = writable(Buffer.alloc(96, 0x5c))
  return {
    name: 'floor: a hash and an HMAC',
    operation(index) {
      hash('sha256', pick(requests, index), 'hex')
      inner.latin1Write(pick(texts, index), 64)
      outer.latin1Write(hash('sha256', inner, 'binary'), 64)
      return hash('sha256', outer, 'hex')
    },
  }
}

/**
 * SigV4A beside AWS's own signer in JavaScript, and beside a bare ECDSA signature of the runtime.
 *
 * @returns {Row[]}
 */
function sigV4ARows() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const regional = { ...options, region: '*', algorithm: sigV4A }
  const texts = urls.map((url) => Buffer.from(signRequest({ method: 'GET', url }, regional).stringToSign))
  const signer = new SignatureV4a({
    credentials,
    service,
    region: '*',
    sha256: Hash.bind(null, 'sha256'),
  })
  /** @param {number} index */
  const request = (index) => ({
    method: 'GET',
    protocol: 'https:',
    hostname: host,
    path: '/stage/items',
    query: { Param1: pick(values, index), Param2: 'value2' },
    headers: { host },
  })
  return [
    {
      name: 'sigV4A: a bare ECDSA signature',
      operation: (index) => sign('sha256', pick(texts, index), privateKey),
    },
    {
      name: 'sigV4A: countersign',
      operation: (index) => signRequest({ method: 'GET', url: pick(urls, index) }, regional),
    },
    { name: 'sigV4A: @aws-sdk/signature-v4a', operation: (index) => signer.sign(request(index), {}) },
  ]
}

/** @returns {Row[]} */
function smithyRows() {
  // The SDK's own hash on Node, passed in as its clients do.
  const signer = new SignatureV4({ credentials, region, service, sha256: Hash.bind(null, 'sha256') })
  /** @param {number} index */
  const request = (index) => ({
    method: 'GET',
    protocol: 'https:',
    hostname: host,
    path: '/stage/items',
    query: { Param1: pick(values, index), Param2: 'value2' },
    headers: { host },
  })
  return [
    { name: 'sign: @smithy/signature-v4', operation: (index) => signer.sign(request(index)) },
    { name: 'presign: @smithy/signature-v4', operation: (index) => signer.presign(request(index)) },
  ]
}

/** @returns {Row} */
function aws4fetchRow() {
  const client = new AwsClient({ ...credentials, service, region })
  return { name: 'sign: aws4fetch', operation: (index) => client.sign(pick(urls, index)) }
}

/** More keys than a verifier keeps, so that it has none of them when it is asked for it again. */
const KEYS = 1200

/**
 * Requests that arrive signed in the header and in the URL, by one client and by so many that each key has to be
 * derived anew.
 *
 * @returns {Row[]}
 */
function verifyRows() {
  const date = new Date()
  const { secretAccessKey } = credentials
  const verifier = createVerifier({ secrets: () => ({ secretAccessKey }), service, region, now: () => date })
  /** @param {number} index @param {string} [accessKeyId] */
  const inHeader = (index, accessKeyId = credentials.accessKeyId) => {
    const signer = { ...options, credentials: { accessKeyId, secretAccessKey }, date }
    const { method, headers } = signRequest({ method: 'GET', url: pick(urls, index) }, signer)
    return { method, target: pick(paths, index), headers }
  }
  /** @param {number} index @param {string} [accessKeyId] */
  const inUrl = (index, accessKeyId = credentials.accessKeyId) => {
    const signer = { ...options, credentials: { accessKeyId, secretAccessKey }, date }
    const { method, url } = presignUrl({ method: 'GET', url: pick(urls, index) }, signer)
    /** @type {[string, string][]} */
    const headers = [['host', host]]
    return { method, target: url.slice(url.indexOf('/stage')), headers }
  }
  /** @param {string} kind */
  const keys = (kind) => Array.from({ length: KEYS }, (_, index) => `AKID${kind}${index}`)
  /** @param {string} name @param {import('countersign/verify').RequestMessage[]} messages @returns {Row} */
  const row = (name, messages) => {
    // Goes on from batch to batch, or the same few keys would be at hand again.
    let next = 0
    return {
      name: `${name}: countersign`,
      operation: () =>
        verifier.verify(/** @type {(typeof messages)[0]} */ (messages[next++ % messages.length])),
    }
  }
  return [
    row(
      'verify',
      values.map((_, index) => inHeader(index)),
    ),
    row(
      'verify a presigned URL',
      values.map((_, index) => inUrl(index)),
    ),
    row(
      'verify with a new key',
      keys('HEADER').map((key, index) => inHeader(index, key)),
    ),
    row(
      'verify a presigned URL with a new key',
      keys('URL').map((key, index) => inUrl(index, key)),
    ),
  ]
}

/**
 * Upload forms beside the least that they need: a policy in base64, and its HMAC with a key that is ready.
 *
 * @returns {Row[]}
 */
function postRows() {
  const keys = values.map((value) => `uploads/${value}`)
  const form = { url: 'https://bucket.s3.us-east-1.amazonaws.com/', bucket: 'bucket' }
  const policies = keys.map((key) => presignPost({ ...form, key }, { credentials, region }).policy)
  const key = Buffer.alloc(32, 1)
  return [
    {
      name: 'post: a policy in base64 and its HMAC',
      operation(index) {
        const text = Buffer.from(pick(policies, index)).toString('base64')
        return createHmac('sha256', key).update(text).digest('hex')
      },
    },
    {
      name: 'post: countersign',
      operation: (index) => presignPost({ ...form, key: pick(keys, index) }, { credentials, region }),
    },
  ]
}

/**
 * Tokens beside AWS's own makers of them.
 *
 * @returns {Row[]}
 */
function tokenRows() {
  const hostname = 'db.cluster-abc.us-east-1.rds.amazonaws.com'
  const place = { hostname, port: 5432, region }
  const signers = values.map(
    (username) => new Signer({ ...place, username, credentials, sha256: Hash.bind(null, 'sha256') }),
  )
  return [
    {
      name: 'token: countersign',
      operation: (index) => createRdsToken({ ...place, username: pick(values, index), credentials }),
    },
    { name: 'token: @aws-sdk/rds-signer', operation: (index) => pick(signers, index).getAuthToken() },
  ]
}

/** @returns {Row[]} */
export function rows() {
  return [
    floorRow(),
    {
      name: 'sign: countersign',
      operation: (index) => signRequest({ method: 'GET', url: pick(urls, index) }, options),
    },
    {
      name: 'sign: aws4',
      operation: (index) => aws4.sign({ host, path: pick(paths, index), service, region }, credentials),
    },
    aws4fetchRow(),
    {
      name: 'presign: countersign',
      operation: (index) => presignUrl({ method: 'GET', url: pick(urls, index) }, options),
    },
    ...smithyRows(),
    ...sigV4ARows(),
    ...verifyRows(),
    ...postRows(),
    ...tokenRows(),
  ]
}

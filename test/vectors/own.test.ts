/**
 * The project's own vectors: fifteen requests, signed by botocore and by the AWS Common Runtime. They need no folder
 * beside the checkout. `own/make-botocore.py` and `own/make-crt.mjs` made them.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { presignUrl, signRequest, type SignOptions } from '../../packages/countersign/src/index.ts'
import { createVerifier } from '../../packages/countersign/src/verify/index.ts'

interface OwnRequest {
  readonly name: string
  readonly method: string
  readonly url: string
  readonly service: string
  readonly region: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string
  readonly isTemporary?: boolean
}

interface Answer {
  readonly name: string
  readonly authorization: string
  readonly presigned?: string
}

function read<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(`own/${file}`, import.meta.url), 'utf8')) as T
}

const given = read<{
  credentials: { accessKeyId: string; secretAccessKey: string }
  sessionToken: string
  date: string
  requests: readonly OwnRequest[]
}>('requests.json')
const date = new Date(given.date)

function requestOf(answer: Answer): OwnRequest {
  const request = given.requests.find(({ name }) => name === answer.name)
  if (!request) throw new Error(`No request is named ${answer.name}`)
  return request
}

function optionsOf({ service, region, isTemporary }: OwnRequest): SignOptions {
  const token = isTemporary ? { sessionToken: given.sessionToken } : {}
  return { credentials: { ...given.credentials, ...token }, service, region, date }
}

function verifierOf({ service, region, isTemporary }: OwnRequest): ReturnType<typeof createVerifier> {
  const { secretAccessKey } = given.credentials
  const secrets = () => ({ secretAccessKey, ...(isTemporary ? { sessionToken: given.sessionToken } : {}) })
  return createVerifier({ service, region, secrets, now: () => date })
}

function signaturesOf(text: string): (string | undefined)[] {
  return ['Credential', 'SignedHeaders', 'Signature'].map(
    (part) => new RegExp(`${part}=([^,&]+)`).exec(text)?.[1],
  )
}

describe.each(['botocore.json', 'crt.json'])('own vectors: %s', (file) => {
  const { cases } = read<{ cases: readonly Answer[] }>(file)

  it('has an answer for every request', () => {
    expect(cases.map(({ name }) => name)).toEqual(given.requests.map(({ name }) => name))
    expect(cases).toHaveLength(15)
  })

  it.each(cases)('$name', async (answer) => {
    const request = requestOf(answer)
    const { method, url, body, headers = [] } = request
    const signed = signRequest({ method, url, headers, body }, optionsOf(request))
    const authorization = signed.headers.find(([name]) => name === 'authorization')?.[1] ?? ''
    expect(signaturesOf(authorization)).toEqual(signaturesOf(answer.authorization))

    const theirs = signed.headers.map(([name, value]): [string, string] =>
      name === 'authorization' ? [name, answer.authorization] : [name, value],
    )
    const target = url.slice(url.indexOf('/', 'https://'.length))
    const message = { method, target, headers: theirs, body: signed.body }
    await expect(verifierOf(request).verify(message)).resolves.toMatchObject({ payload: 'verified' })
  })

  it.each(cases.filter(({ presigned }) => presigned !== undefined))('$name, presigned', async (answer) => {
    const request = requestOf(answer)
    const { method, url, headers = [] } = request
    const presigned = presignUrl({ method, url, headers }, { ...optionsOf(request), expiresIn: 600 })
    expect(signaturesOf(presigned.url)).toEqual(signaturesOf(answer.presigned ?? ''))

    const host = /^https:\/\/([^/]+)/.exec(url)?.[1] ?? ''
    const message = {
      method,
      target: answer.presigned ?? '',
      headers: [['host', host], ...headers] as [string, string][],
    }
    await expect(verifierOf(request).verify(message)).resolves.toMatchObject({ mechanism: 'query' })
  })
})

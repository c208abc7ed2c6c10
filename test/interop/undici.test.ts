import { fetch as undiciFetch, FormData as UndiciFormData, Request as UndiciRequest } from 'undici'
import { describe, expect, it } from 'vitest'
import { createSignedFetch, type SignedFetchOptions } from '../../packages/countersign/src/adapters/fetch.ts'
import { createSigner } from '../../packages/countersign/src/index.ts'
import { requireSignature, verifiedOf } from '../../packages/countersign/src/servers/node.ts'
import { createVerifier } from '../../packages/countersign/src/verify/index.ts'
import { startServer } from '../kit/servers.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
const scope = { service: 'execute-api', region: 'eu-west-1' }
const guard = requireSignature(createVerifier({ secrets: () => credentials, ...scope }))
const signer = createSigner({ credentials, ...scope })

describe("undici's own classes, which are not the platform's", () => {
  it('are taken by a signed fetch that sends with undici', async () => {
    const server = await startServer((request, response) => {
      guard(request, response, () => {
        response.end(`${request.method} ${verifiedOf(request).payload}`)
      })
    })
    const signedFetch = createSignedFetch(signer, {
      fetch: undiciFetch as unknown as SignedFetchOptions['fetch'],
    })
    const request = new UndiciRequest(`${server.origin}/a?b=c`, { method: 'PUT', body: 'text' })
    const response = await signedFetch(request as unknown as Request)
    expect(await response.text()).toBe('PUT verified')
    await server.close()
  })

  it('or refused, where their bytes cannot be told', async () => {
    const body = new UndiciFormData() as unknown as FormData
    await expect(createSignedFetch(signer)('https://h/', { method: 'PUT', body })).rejects.toMatchObject({
      code: 'BODY_UNSUPPORTED',
    })
  })
})

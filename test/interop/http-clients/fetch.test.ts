/** The platform's own `fetch`. */
import { createSignedFetch } from '../../../packages/countersign/src/adapters/fetch.ts'
import { readAwsError } from '../../../packages/countersign/src/answers/index.ts'
import { tryHttpClient } from './try-http-client.ts'

tryHttpClient('fetch', (signer, options) => {
  const signedFetch = createSignedFetch(signer, options)
  return {
    async send({ url, method, headers, body, signal }) {
      const response = await signedFetch(url, {
        ...(method && { method }),
        ...(headers && { headers: headers.map(([name, value]): [string, string] => [name, value]) }),
        ...(signal && { signal }),
        body: body as BodyInit,
      })
      const error = response.status >= 400 ? await readAwsError(response) : undefined
      return { status: response.status, text: await response.text(), error }
    },
  }
})

/** ofetch. */
import { FetchError, ofetch } from 'ofetch'
import { createSignedOfetch } from '../../../packages/countersign/src/adapters/ofetch.ts'
import type { AwsError } from '../../../packages/countersign/src/answers/index.ts'
import { tryHttpClient } from './try-http-client.ts'

tryHttpClient('ofetch', (signer, options) => {
  const api = createSignedOfetch(ofetch, signer, options)
  return {
    async send({ url, method, headers, body, signal }) {
      try {
        const { status: answered, _data: text = '' } = await api.raw<string, 'text'>(url, {
          ...(method && { method }),
          ...(headers && { headers: headers.map(([name, value]): [string, string] => [name, value]) }),
          ...(signal && { signal }),
          body: body as BodyInit,
          responseType: 'text',
        })
        return { status: answered, text }
      } catch (error) {
        if (!(error instanceof FetchError) || !error.response) throw error
        const { status, data, cause } = error
        return { status: status ?? 0, text: String(data), error: cause as AwsError | undefined }
      }
    },
  }
})

/**
 * How the trials send with ky, 1 or 2.
 *
 * @module
 */
import type { AwsError } from '../../../packages/countersign/src/answers/index.ts'
import type { HttpClient } from './http-client.ts'

/** As much of ky as the trials use. */
type Ky = (url: string, options: object) => Promise<Response>

/** A client of the trials. */
export function sendWithKy(api: Ky): HttpClient {
  return {
    async send({ url, method, headers, body, signal }) {
      const pairs = headers?.map(([name, value]): [string, string] => [name, value])
      try {
        const response = await api(url, { method, headers: pairs, body, signal })
        return { status: response.status, text: await response.text() }
      } catch (error) {
        if (!isRefusal(error)) throw error
        const { response, data, cause } = error
        // ky 2 has read it.
        const text = response.bodyUsed ? String(data) : await response.text()
        return { status: response.status, text, error: cause }
      }
    },
  }
}

interface Refusal {
  readonly response: Response
  readonly data?: unknown
  readonly cause?: AwsError
}

function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && error.name === 'HTTPError'
}

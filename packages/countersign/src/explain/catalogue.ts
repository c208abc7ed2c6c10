/**
 * The catalogue of causes: one value for each way in which a signed request fails.
 *
 * @module
 */
import type { Cause } from './cause.ts'
import { ALGORITHM } from './causes/algorithm.ts'
import { CHUNKS } from './causes/chunks.ts'
import { HEADER_FORM } from './causes/header-form.ts'
import { HEADER_VALUES } from './causes/header-values.ts'
import { HEADERS_IN_FLIGHT } from './causes/header-flight.ts'
import { HOST } from './causes/host.ts'
import { PATH_ENCODING } from './causes/path.ts'
import { PATH_SHAPE } from './causes/path-shape.ts'
import { PAYLOAD } from './causes/payload.ts'
import { QUERY_SHAPE } from './causes/query-shape.ts'
import { QUERY_ENCODING } from './causes/query.ts'
import { CLOUDFRONT } from './causes/cloudfront.ts'
import { CREDENTIALS } from './causes/credentials.ts'
import { NEIGHBOURS } from './causes/neighbours.ts'
import { POST_FORM } from './causes/post.ts'
import { PRESIGNED } from './causes/presigned.ts'
import { SCOPE } from './causes/scope.ts'
import { SECRETS } from './causes/secrets.ts'
import { SERVER } from './causes/server.ts'
import { SESSION_TOKENS } from './causes/session-tokens.ts'
import { TIME } from './causes/time.ts'

/** All causes. Those that go wrong most often come first: the search tries them in this order. */
export const CAUSES: readonly Cause[] = [
  ...PATH_ENCODING,
  ...PATH_SHAPE,
  ...HOST,
  ...PAYLOAD,
  ...QUERY_ENCODING,
  ...QUERY_SHAPE,
  ...HEADERS_IN_FLIGHT,
  ...HEADER_VALUES,
  ...HEADER_FORM,
  ...CHUNKS,
  ...SECRETS,
  ...SESSION_TOKENS,
  ...CREDENTIALS,
  ...TIME,
  ...SCOPE,
  ...ALGORITHM,
  ...PRESIGNED,
  ...POST_FORM,
  ...CLOUDFRONT,
  ...SERVER,
  ...NEIGHBOURS,
]

/** The cause of a code, or of a number such as `M37`. */
export function findCause(name: string): Cause | undefined {
  return CAUSES.find(({ id, code }) => code === name || id.toLowerCase() === name.toLowerCase())
}

/**
 * All rows, by what the causes are about. `docs/explain.md` is made of them.
 *
 * @module
 */
import type { ExplainRow } from '../row.ts'
import { CREDENTIAL_ROWS } from './credentials.ts'
import { HEADER_ROWS } from './headers.ts'
import { HOST_ROWS } from './host.ts'
import { NEIGHBOUR_ROWS } from './neighbours.ts'
import { PATH_ROWS } from './path.ts'
import { PAYLOAD_ROWS } from './payload.ts'
import { PRESIGNED_ROWS } from './presigned.ts'
import { QUERY_ROWS } from './query.ts'
import { SCOPE_ROWS } from './scope.ts'
import { SIGV4A_ROWS } from './sigv4a.ts'
import { TIME_ROWS } from './time.ts'

export { explainRefusal, findCause } from '../../../packages/countersign/src/explain/index.ts'

/** The sections of the table. */
export const SECTIONS: readonly { readonly title: string; readonly rows: readonly ExplainRow[] }[] = [
  { title: 'Credentials', rows: CREDENTIAL_ROWS },
  { title: 'Time', rows: TIME_ROWS },
  { title: 'Scope', rows: SCOPE_ROWS },
  { title: 'Path', rows: PATH_ROWS },
  { title: 'Query', rows: QUERY_ROWS },
  { title: 'Headers', rows: HEADER_ROWS },
  { title: 'Host', rows: HOST_ROWS },
  { title: 'Payload', rows: PAYLOAD_ROWS },
  { title: 'Presigned URLs, forms and servers', rows: PRESIGNED_ROWS },
  { title: 'SigV4A', rows: SIGV4A_ROWS },
  { title: 'No matter of the signature', rows: NEIGHBOUR_ROWS },
]

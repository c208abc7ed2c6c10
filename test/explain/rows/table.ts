/**
 * All rows, by what the causes are about. `docs/explain.md` is made of them.
 *
 * @module
 */
import type { ExplainRow } from '../row.ts'
import { HEADER_ROWS } from './headers.ts'
import { HOST_ROWS } from './host.ts'
import { PATH_ROWS } from './path.ts'
import { PAYLOAD_ROWS } from './payload.ts'
import { QUERY_ROWS } from './query.ts'

export { explainRefusal, findCause } from '../../../packages/countersign/src/explain/index.ts'

/** The sections of the table. */
export const SECTIONS: readonly { readonly title: string; readonly rows: readonly ExplainRow[] }[] = [
  { title: 'Path', rows: PATH_ROWS },
  { title: 'Query', rows: QUERY_ROWS },
  { title: 'Headers', rows: HEADER_ROWS },
  { title: 'Host', rows: HOST_ROWS },
  { title: 'Payload', rows: PAYLOAD_ROWS },
]

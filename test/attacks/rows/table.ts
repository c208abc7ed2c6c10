/**
 * The table of attacks. Each row has one test that begins with its id, in the `rows-*.test.ts` beside this folder; tests
 * of more variants begin with the same id. `docs/attacks.md` is made of it by `npm run api`.
 *
 * @module
 */
import { A1_TO_A20 } from './a1-to-a20.ts'
import { A21_TO_A41 } from './a21-to-a41.ts'
import { AVAILABILITY } from './availability.ts'
import { KEYS } from './keys.ts'
import type { AttackRow } from './row.ts'

export type { AttackRow } from './row.ts'

/** The sections of the page, with their rows.
 *
 * @public
 */
export const SECTIONS: readonly { readonly title: string; readonly rows: readonly AttackRow[] }[] = [
  { title: 'Bypasses', rows: [...A1_TO_A20, ...A21_TO_A41] },
  { title: 'Keys, tokens', rows: KEYS },
  { title: 'Availability and state', rows: AVAILABILITY },
]

/** All rows. */
export const ATTACKS: readonly AttackRow[] = SECTIONS.flatMap(({ rows }) => rows)

/**
 * The one test of a row of the table of attacks. It sends the row's input, and must see just the outcomes and the
 * protocols that the row tells; `docs/attacks.md` is made of the same table.
 *
 * @module
 */
import { expect, it } from 'vitest'
import type {
  RequestMessage,
  VerificationError,
  VerificationErrorCode,
  VerifiedRequest,
  VerifierOptions,
} from '../../packages/countersign/src/verify/index.ts'
import { ATTACKS, type AttackRow } from '../attacks/rows/table.ts'
import { expectLetInOverSockets, expectRefusedOverSockets, TRANSPORTS } from './everywhere.ts'
import type { Transport } from './guarded-sockets.ts'
import { expectLetIn, refusalOf } from './messages.ts'

type Options = Partial<VerifierOptions<string>>

/** What a row's test says that it has seen. */
export class Proof {
  readonly outcomes = new Set<string>()
  readonly transports = new Set<Transport>()

  /** Sends a message that must be refused, to the library and to servers. */
  async refused(
    message: RequestMessage,
    code: VerificationErrorCode,
    options?: Options,
  ): Promise<VerificationError> {
    const error = await refusalOf(message, options)
    expect(error.code).toBe(code)
    this.saw(error, ...(await expectRefusedOverSockets(message, error, options, TRANSPORTS)))
    return error
  }

  /** Sends a message that must be let in, so that the refusals beside it are not those of everything. */
  async letIn(message: RequestMessage, options?: Options): Promise<VerifiedRequest<string>> {
    const verified = await expectLetIn(message, options)
    const sent = await expectLetInOverSockets(message, options, TRANSPORTS)
    for (const transport of sent) this.transports.add(transport)
    return verified
  }

  /** Takes down a refusal that was seen in another way. */
  saw({ code, awsCode }: { code: string; awsCode?: string }, ...transports: readonly Transport[]): void {
    this.outcomes.add(awsCode === undefined ? code : `${awsCode} ${code}`)
    for (const transport of transports) this.transports.add(transport)
  }
}

/** The test of a row. */
export function attack(id: string, prove: (proof: Proof) => Promise<void>): void {
  const row = ATTACKS.find((each) => each.id === id)
  it(`${id} ${row?.name}`, async () => {
    const { outcomes, wire } = row ?? missing(id)
    const proof = new Proof()
    await prove(proof)
    expect([...proof.outcomes].toSorted()).toEqual(outcomes.toSorted())
    expect([...proof.transports].toSorted()).toEqual(typeof wire === 'string' ? [] : wire.toSorted())
  })
}

function missing(id: string): AttackRow {
  throw new Error(`The table has no row ${id}`)
}

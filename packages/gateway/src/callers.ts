/**
 * Who sends requests. What all requests of a caller have in common is written out once, not for each of them.
 *
 * @module
 */
import type { VerifiedRequest } from 'countersign/verify'
import type { GatewayLog } from './log.ts'
import type { Caller } from './pipeline/exchange.ts'

/** How many callers are kept. */
const CALLERS = 1000

type Verified = Pick<VerifiedRequest<string>, 'accessKeyId' | 'principal' | 'scope'>

/** A caller, and the last that was verified of it. */
interface Latest extends Verified {
  readonly caller: Caller
}

/** The callers of late. */
export class Callers {
  readonly #log: GatewayLog
  readonly #callers = new Map<string, Caller>()
  #latest: Latest | undefined

  /** @param log the one that the lines of callers go to */
  constructor(log: GatewayLog) {
    this.#log = log
  }

  /** Who sent a request: a key with its owner, for a day, region and service. */
  find({ accessKeyId, principal, scope }: Verified): Caller {
    const latest = this.#latest
    const isSame =
      scope === latest?.scope && accessKeyId === latest.accessKeyId && principal === latest.principal
    if (isSame) return latest.caller
    const caller = this.#look(accessKeyId, principal ?? accessKeyId, scope)
    this.#latest = { accessKeyId, principal, scope, caller }
    return caller
  }

  #look(accessKeyId: string, principal: string, { date, region = '*', service }: Verified['scope']): Caller {
    const name = `${accessKeyId}\n${principal}\n${date}/${region}/${service}`
    const known = this.#callers.get(name)
    if (known) return known
    const scope = `${date}/${region}/${service}`
    const caller = {
      principal,
      service,
      region,
      signed: `key=${accessKeyId}, scope=${scope}`,
      log: this.#log.child({ accessKeyId, principal, scope }),
    }
    if (this.#callers.size >= CALLERS) this.#callers.clear()
    this.#callers.set(name, caller)
    return caller
  }
}

/**
 * C1: one verifier, many requests at the same time, met in every order in which their look-ups can come back.
 */
import { describe, expect, it } from 'vitest'
import { createVerifier, VerificationError, type Found } from '../../packages/countersign/src/verify/index.ts'
import {
  everyOrder,
  runInterleaved,
  seededChoice,
  type Choose,
  type Gate,
  type Outcome,
} from '../kit/interleave.ts'
import {
  bytesOf,
  KEY_ID,
  NOW,
  presign,
  SECRET,
  SERVICES,
  signInHeader,
  TOKEN,
  withBadSignature,
  type SentMessage,
} from '../kit/messages.ts'

interface Case {
  readonly message: SentMessage
  /** The principal, or the code of the refusal. */
  readonly verdict: string
  readonly bodyChunks?: readonly string[]
}

const KEYS: ReadonlyMap<string, Found<string>> = new Map([
  [KEY_ID, { secretAccessKey: SECRET, principal: 'alice' }],
  ['BOB', { secretAccessKey: 'bobs secret', principal: 'bob' }],
  ['TEMPORARY', { secretAccessKey: SECRET, sessionToken: TOKEN, principal: 'carol' }],
])

const GENUINE: Case = { message: signInHeader(), verdict: 'alice' }
const FORGED: Case = { message: withBadSignature(signInHeader()), verdict: 'SIGNATURE_MISMATCH' }
const OF_BOB: Case = {
  message: presign({ accessKeyId: 'BOB', secretAccessKey: 'bobs secret' }),
  verdict: 'bob',
}
const AS_BOB: Case = { message: presign({ accessKeyId: 'BOB' }), verdict: 'SIGNATURE_MISMATCH' }
const NOBODY: Case = { message: signInHeader({ accessKeyId: 'NOBODY' }), verdict: 'KEY_UNKNOWN' }
const TEMPORARY: Case = {
  message: signInHeader({ accessKeyId: 'TEMPORARY', sessionToken: TOKEN }),
  verdict: 'carol',
}
const STOLEN: Case = {
  message: signInHeader({ accessKeyId: 'TEMPORARY', sessionToken: 'other' }),
  verdict: 'TOKEN_INVALID',
}
const WITH_BODY: Case = {
  message: signInHeader({ service: 'execute-api', method: 'PUT', body: 'ab' }),
  bodyChunks: ['a', 'b'],
  verdict: 'alice',
}
const OTHER_BODY: Case = { ...WITH_BODY, bodyChunks: ['a', 'c'], verdict: 'SIGNATURE_MISMATCH' }
const ALL = [GENUINE, FORGED, OF_BOB, AS_BOB, NOBODY, TEMPORARY, STOLEN, WITH_BODY, OTHER_BODY]

// The verifier is shared; only the gate of its look-ups changes from run to run.
let gate: Gate
const verifier = createVerifier<string>({
  service: [...SERVICES],
  region: 'us-east-1',
  now: () => NOW,
  secrets: async (id) => {
    const found = await gate.wait(() => KEYS.get(id))
    const isToken = found?.sessionToken !== undefined
    return isToken ? { ...found, sessionToken: (token) => gate.wait(() => token === TOKEN) } : found
  },
})

async function* gated(chunks: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await gate.wait(() => bytesOf(chunk))
}

/** Verifies and, if let in, handles the request. */
async function serve({ message, bodyChunks }: Case, handled: string[]): Promise<string> {
  const body = bodyChunks && gated(bodyChunks)
  const { principal = '', body: verifiedBody } = await verifier.verify({ ...message, body })
  let length = 0
  for await (const chunk of verifiedBody ?? []) length += chunk.length
  expect(length).toBe(bodyChunks?.length ?? 0)
  handled.push(principal)
  return principal
}

function verdictOf(outcome: Outcome<string>): string {
  if ('value' in outcome) return outcome.value
  if (outcome.error instanceof VerificationError) return outcome.error.code
  throw outcome.error
}

async function expectVerdicts(cases: readonly Case[], choose: Choose): Promise<void> {
  const handled: string[] = []
  const tasks = cases.map((each) => (given: Gate) => {
    gate = given
    return serve(each, handled)
  })
  const outcomes = await runInterleaved(tasks, choose)
  expect(outcomes.map(verdictOf)).toEqual(cases.map(({ verdict }) => verdict))
  const letIn = cases.map(({ verdict }) => verdict).filter((verdict) => verdict === verdict.toLowerCase())
  expect(handled.toSorted()).toEqual(letIn.toSorted())
}

describe('C1 shared mutable verifier', () => {
  it('(a) two requests, one of them bogus: every pair in every order', async () => {
    let orders = 0
    for (const one of ALL) {
      for (const other of ALL) {
        orders += await everyOrder((choose) => expectVerdicts([one, other], choose))
      }
    }
    expect(orders).toBeGreaterThan(81 * 4)
  })

  it('(b) a genuine request, then forged ones: every order of three', async () => {
    for (const trio of [
      [GENUINE, FORGED, AS_BOB],
      [GENUINE, NOBODY, FORGED],
      [OF_BOB, AS_BOB, GENUINE],
      [TEMPORARY, STOLEN, FORGED],
    ]) {
      expect(await everyOrder((choose) => expectVerdicts(trio, choose))).toBeGreaterThanOrEqual(90)
    }
  })

  it('all of them at once, in orders of chance', async () => {
    for (let seed = 1; seed <= 100; seed++) {
      await expectVerdicts([...ALL, ...ALL], seededChoice(seed)).catch((error: unknown) => {
        throw new Error(`In the order of seed ${seed}`, { cause: error })
      })
    }
  })

  it('the look-up is asked once for each request, with its own key', async () => {
    const asked: string[] = []
    const asking = createVerifier<string>({
      service: 's3',
      region: 'us-east-1',
      now: () => NOW,
      secrets: (id) => {
        asked.push(id)
        return gate.wait(() => KEYS.get(id))
      },
    })
    const tasks = [GENUINE, OF_BOB, NOBODY].map(({ message }) => async (given: Gate) => {
      gate = given
      return (await asking.verify(message)).accessKeyId
    })
    await runInterleaved(tasks, seededChoice(7))
    expect(asked.toSorted()).toEqual([KEY_ID, 'BOB', 'NOBODY'])
  })
})

describe('a thousand requests at the same time', () => {
  const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, milliseconds))

  it('whose look-ups take their time: not one wrong verdict', async () => {
    const choose = seededChoice(1000)
    let underWay = 0
    let most = 0
    const busy = createVerifier<string>({
      service: [...SERVICES],
      region: 'us-east-1',
      now: () => NOW,
      secrets: async (id) => {
        most = Math.max(most, ++underWay)
        await pause(choose(40))
        underWay -= 1
        const found = KEYS.get(id)
        const isToken = found?.sessionToken !== undefined
        return isToken
          ? { ...found, sessionToken: (token) => pause(choose(20)).then(() => token === TOKEN) }
          : found
      },
    })
    async function* slowly(chunks: readonly string[]): AsyncGenerator<Uint8Array> {
      for (const chunk of chunks) yield await pause(choose(10)).then(() => bytesOf(chunk))
    }
    const cases = Array.from({ length: 1000 }, () => ALL[choose(ALL.length)]!)
    const verdicts = await Promise.all(
      cases.map(async ({ message, bodyChunks }) => {
        const body = bodyChunks && slowly(bodyChunks)
        const outcome = busy.verify({ ...message, body }).then(async (verified) => {
          for await (const chunk of verified.body ?? []) expect(chunk.length).toBeGreaterThan(0)
          return { value: verified.principal ?? '' }
        })
        return verdictOf(await outcome.catch((error: unknown) => ({ error })))
      }),
    )
    const wrong = cases.flatMap(({ verdict }, at) =>
      verdicts[at] === verdict ? [] : [[verdict, verdicts[at]]],
    )
    expect(wrong).toEqual([])
    expect(most).toBeGreaterThan(900)
    expect(new Set(verdicts)).toEqual(new Set(ALL.map(({ verdict }) => verdict)))
  })
})

describe('the scheduler', () => {
  const waits = (count: number) => async (given: Gate) => {
    let sum = 0
    for (let i = 0; i < count; i++) sum += await given.wait(() => 1)
    return sum
  }

  it('goes through every order once', async () => {
    // Two tasks of 1 + 1 steps each: 4! / (2! 2!) orders.
    const seen = new Set<string>()
    const count = await everyOrder(async (choose) => {
      const log: string[] = []
      const tasks = ['a', 'b'].map((name) => async (given: Gate) => {
        log.push(name)
        await given.wait(() => 0)
        log.push(name)
      })
      await runInterleaved(tasks, choose)
      seen.add(log.join(''))
    })
    expect(count).toBe(6)
    expect([...seen].toSorted()).toEqual(['aabb', 'abab', 'abba', 'baab', 'baba', 'bbaa'])
  })

  it('gives each task its own outcome', async () => {
    const fault = new Error('no')
    const failing = (given: Gate): Promise<number> =>
      given.wait(() => {
        throw fault
      })
    const outcomes = await runInterleaved([waits(2), failing, waits(0)], seededChoice(1))
    expect(outcomes).toEqual([{ value: 2 }, { error: fault }, { value: 0 }])
  })

  it('tells of a task that hangs', async () => {
    const hanging = (): Promise<number> => new Promise(() => {})
    await expect(runInterleaved([hanging], seededChoice(1))).rejects.toThrow('Task 0 hangs')
  })

  it('finds a verifier that keeps state between awaits', async () => {
    let current = ''
    const leaky = (id: string) => async (given: Gate) => {
      current = id
      await given.wait(() => 0)
      return current
    }
    let wrong = 0
    await everyOrder(async (choose) => {
      const outcomes = await runInterleaved([leaky('a'), leaky('b')], choose)
      if (JSON.stringify(outcomes) !== '[{"value":"a"},{"value":"b"}]') wrong += 1
    })
    expect(wrong).toBeGreaterThan(0)
  })
})

/**
 * A scheduler of concurrent work: whoever waits for it goes on when the scheduler says so, one at a time. So a test can
 * run the same requests in every order in which they could meet, and not just in the one that happens.
 *
 * @module
 */

/** Chooses which of so many waiting ones goes on. */
export type Choose = (waiting: number) => number

/** What the work is given. */
export interface Gate {
  /** Waits until the scheduler lets it on, and then gives the value or throws. */
  wait<T>(give: () => T): Promise<T>
}

/** One task's end. */
export type Outcome<T> = { readonly value: T } | { readonly error: unknown }

// More turns than any chain of promises in the library has.
const TURNS = 100

/** Lets everything run that needs no permission. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await Promise.resolve()
  await new Promise((resolve) => setImmediate(resolve))
}

/**
 * Runs tasks to their ends, letting one wait go on at a time.
 *
 * @param tasks each is begun, in order, when the scheduler picks it; that it begins is a step like any other
 * @returns the outcome of each, in their order
 * @throws when a task never ends, or ends twice
 */
export async function runInterleaved<T>(
  tasks: readonly ((gate: Gate) => Promise<T>)[],
  choose: Choose,
): Promise<Outcome<T>[]> {
  const waiting: (() => void)[] = []
  const outcomes = new Map<number, Outcome<T>>()
  const end = (index: number, outcome: Outcome<T>): void => {
    if (outcomes.has(index)) throw new Error(`Task ${index} ended twice`)
    outcomes.set(index, outcome)
  }
  const gate: Gate = {
    wait: (give) => new Promise<void>((go) => waiting.push(go)).then(give),
  }
  for (const [index, task] of tasks.entries()) {
    waiting.push(() => {
      task(gate).then(
        (value) => end(index, { value }),
        (error: unknown) => end(index, { error }),
      )
    })
  }
  while (waiting.length > 0) {
    const [go] = waiting.splice(choose(waiting.length), 1)
    if (!go) throw new Error('The choice is not one of those waiting')
    go()
    await settle()
  }
  return tasks.map((_, index) => {
    const outcome = outcomes.get(index)
    if (!outcome) throw new Error(`Task ${index} hangs: it waits for nothing that would come`)
    return outcome
  })
}

/**
 * Runs tasks in every order there is.
 *
 * @param run runs them once, with a choice that it hands to {@link runInterleaved}
 * @returns how many orders there were
 */
export async function everyOrder(run: (choose: Choose) => Promise<void>): Promise<number> {
  let path: { choice: number; of: number }[] = []
  let count = 0
  do {
    let step = 0
    const taken = path
    await run((of) => {
      taken[step] ??= { choice: 0, of }
      return taken[step++]!.choice
    })
    count += 1
    path = taken.slice(0, step)
    while (path.length > 0 && path.at(-1)!.choice + 1 === path.at(-1)!.of) path.pop()
    const last = path.pop()
    if (!last) return count
    path.push({ ...last, choice: last.choice + 1 })
  } while (path.length > 0)
  return count
}

/** Choices that follow from a seed, so that a failing order can be run again. */
export function seededChoice(seed: number): Choose {
  let state = seed >>> 0
  return (waiting) => {
    // A linear congruential generator; its high bits are good enough for picking.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * waiting)
  }
}

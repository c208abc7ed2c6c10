/**
 * Measures rows side by side. Each round runs a short batch of every row in turn, and each row keeps its best batch:
 * whatever else the machine does hits all rows alike, and hardly ever all of a row's batches.
 */

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {(index: number) => unknown} operation awaited when it gives a promise
 */

/** As many as it takes to meet the machine in each of its moods: it is a third slower for seconds at a time. */
const ROUNDS = 200
/** Length of a batch in milliseconds: short enough to fall between two disturbances. */
const BATCH = 4
/** How often each row runs before anything counts, so that the compiler is done with it. */
const WARM_UP = 20_000

/** Keeps results alive, so that no compiler may leave the work out. */
let sink = /** @type {unknown} */ (undefined)

/** @param {Row['operation']} operation @param {number} times @returns {Promise<number>} milliseconds */
async function timeBatch(operation, times) {
  const isAsync = operation(0) instanceof Promise
  const start = performance.now()
  if (isAsync) for (let i = 0; i < times; i++) sink = await operation(i)
  else for (let i = 0; i < times; i++) sink = operation(i)
  return performance.now() - start
}

/**
 * The time that one operation of each row takes, in microseconds, in the order of the rows.
 *
 * @param {readonly Row[]} rows
 * @returns {Promise<{ name: string, time: number }[]>}
 */
export async function measure(rows) {
  const batches = []
  for (const { name, operation } of rows) {
    const perOperation = (await timeBatch(operation, WARM_UP)) / WARM_UP
    batches.push({ name, operation, times: Math.ceil(BATCH / perOperation), time: Infinity })
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const batch of batches) {
      const time = ((await timeBatch(batch.operation, batch.times)) / batch.times) * 1000
      batch.time = Math.min(batch.time, time)
    }
  }
  if (sink === undefined) throw new Error('The last row gave nothing back')
  return batches.map(({ name, time }) => ({ name, time }))
}

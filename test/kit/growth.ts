/**
 * How the time of something grows with the size of what it is given: the exponent of the power of the size that fits the
 * times best. 1 is linear, 2 is quadratic. Only for `npm run test:long`: a clock decides.
 *
 * @module
 */

/** One work at one size. */
export interface Sized {
  readonly size: number
  run(): unknown
}

/** What was measured. */
export interface Growth {
  readonly exponent: number
  /** Size and median time, in microseconds. */
  readonly points: readonly (readonly [size: number, time: number])[]
}

const ROUNDS = 31

function medianOf(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)]!
}

/** Slope of the line through the logarithms. */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const logs = points.map(([size, time]) => [Math.log(size), Math.log(time)] as const)
  const mean = (pick: (point: readonly [number, number]) => number): number =>
    logs.reduce((sum, point) => sum + pick(point), 0) / logs.length
  const [x, y] = [mean(([each]) => each), mean(([, each]) => each)]
  const over = logs.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0)
  const under = logs.reduce((sum, [a]) => sum + (a - x) ** 2, 0)
  return over / under
}

/** Measures works of growing sizes by turns, so that the machine's moods hit all of them. */
export async function measureGrowth(works: readonly Sized[]): Promise<Growth> {
  const samples = works.map((): number[] => [])
  for (let round = -10; round < ROUNDS; round++) {
    for (const [index, { run }] of works.entries()) {
      const start = process.hrtime.bigint()
      await run()
      if (round >= 0) samples[index]!.push(Number(process.hrtime.bigint() - start) / 1000)
    }
  }
  const points = works.map(({ size }, index) => [size, medianOf(samples[index]!)] as const)
  return { exponent: slopeOf(points), points }
}

/**
 * B14 and B15 by the clock: how long refusals take must not tell what is known. Run by `npm run test:long` alone, since
 * a busy machine can fail it.
 */
import { describe, expect, it } from 'vitest'
import { equalConstantTime } from '../../packages/countersign/src/crypto/constant-time.ts'
import { BAD_SIGNATURE, SECRET, signInHeader, verifierFor, withBadSignature } from '../kit/messages.ts'

const ROUNDS = 40_000
/** How far two medians may be apart, as a part of the smaller one. */
const TOLERANCE = 0.1

function medianOf(samples: number[]): number {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)]!
}

/** Medians of the times of two actions, taken by turns so that the machine's moods hit both. */
async function compare(
  one: () => unknown,
  other: () => unknown,
  rounds = ROUNDS,
): Promise<[one: number, other: number]> {
  const samples: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    for (const turn of round % 2 ? [0, 1] : [1, 0]) {
      const start = process.hrtime.bigint()
      await (turn === 0 ? one() : other())
      const taken = Number(process.hrtime.bigint() - start)
      if (round > rounds / 10) samples[turn]!.push(taken)
    }
  }
  return [medianOf(samples[0]), medianOf(samples[1])]
}

async function expectSameTime(one: () => unknown, other: () => unknown): Promise<void> {
  const [a, b] = await compare(one, other)
  console.log(`medians: ${a} ns and ${b} ns`)
  expect(Math.abs(a - b) / Math.min(a, b)).toBeLessThan(TOLERANCE)
}

it('B14 an unknown key takes as long as a wrong signature of a key that nobody used yet', async () => {
  const forged = withBadSignature(signInHeader())
  const known = verifierFor()
  const unknown = verifierFor({ secrets: () => undefined })
  await expectSameTime(
    () => known.verify(forged).catch(() => undefined),
    () => unknown.verify(forged).catch(() => undefined),
  )
})

it('B14 an unknown key takes no less than a wrong signature of a key in use', async () => {
  const forged = withBadSignature(signInHeader())
  const known = verifierFor()
  await known.verify(signInHeader())
  const unknown = verifierFor({ secrets: () => undefined })
  const [inUse, none] = await compare(
    () => known.verify(forged).catch(() => undefined),
    () => unknown.verify(forged).catch(() => undefined),
  )
  console.log(`medians: in use ${inUse} ns, unknown ${none} ns`)
  expect(none).toBeGreaterThan(inUse * (1 - TOLERANCE))
})

it('B15 a difference in the first digit takes as long as one in the last', async () => {
  const first = `1${BAD_SIGNATURE.slice(1)}`
  const last = `${BAD_SIGNATURE.slice(1)}1`
  const many = (given: string) => () => {
    let equal = 0
    for (let i = 0; i < 50; i++) equal += Number(equalConstantTime(BAD_SIGNATURE, given))
    return equal
  }
  await expectSameTime(many(first), many(last))
})

it('B15 so it is for a whole request', async () => {
  const genuine = signInHeader()
  const [, value] = genuine.headers.at(-1)!
  const altered = (place: number) => {
    const at = value.length - 64 + place
    const digit = value[at] === '0' ? '1' : '0'
    const authorization = value.slice(0, at) + digit + value.slice(at + 1)
    return {
      ...genuine,
      headers: [...genuine.headers.slice(0, -1), ['authorization', authorization] as const],
    }
  }
  const verifier = verifierFor()
  await expectSameTime(
    () => verifier.verify(altered(0)).catch(() => undefined),
    () => verifier.verify(altered(63)).catch(() => undefined),
  )
})

/** The median of how far two actions are apart, of their own times, over several tries: a lasting difference stays. */
async function leakOf(one: () => unknown, other: () => unknown): Promise<number> {
  const leaks: number[] = []
  for (let i = 0; i < 5; i++) {
    const [a, b] = await compare(one, other, ROUNDS / 4)
    leaks.push((a - b) / Math.min(a, b))
  }
  return leaks.toSorted((a, b) => a - b)[2]!
}

describe('B14 where unknown keys are hidden', () => {
  const forged = withBadSignature(signInHeader())
  const refusing = (verifier: ReturnType<typeof verifierFor>) => () =>
    verifier.verify(forged).catch(() => undefined)
  const hidden = { hideUnknownKeys: true }
  const unknown = (options: object) => refusing(verifierFor({ ...options, secrets: () => undefined }))

  it('an unknown key takes as long as a key in use, and as one in rotation', async () => {
    const inUse = verifierFor(hidden)
    await inUse.verify(signInHeader())
    const rotated = verifierFor({ ...hidden, secrets: () => ({ secretAccessKey: ['new', SECRET] }) })
    await rotated.verify(signInHeader())
    for (const known of [inUse, rotated]) {
      const leak = await leakOf(unknown(hidden), refusing(known))
      console.log(`hidden: ${(leak * 100).toFixed(1)} %`)
      expect(Math.abs(leak)).toBeLessThan(TOLERANCE)
    }
  })

  it('and the same measurement finds the difference where they are not', async () => {
    const inUse = verifierFor()
    await inUse.verify(signInHeader())
    const leak = await leakOf(unknown({}), refusing(inUse))
    console.log(`not hidden: ${(leak * 100).toFixed(1)} %`)
    expect(leak).toBeGreaterThan(2 * TOLERANCE)
  })
})

/**
 * Waiting, which ends as soon as the caller gives up.
 *
 * @module
 */

/** In seconds. */
const [BASE, LONGEST] = [0.5, 20]

/**
 * How long to wait before a request is sent again, in seconds: any time up to a limit that doubles, so that those who
 * failed together do not come back together.
 *
 * @param attempt the one that failed, from 0
 * @param random from 0 up to 1
 */
export function jitter(attempt: number, random: number): number {
  return random * Math.min(LONGEST, BASE * 2 ** attempt)
}

/** Waits, in seconds. */
export async function pause(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const time = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000)
  })
  await untilAborted(time, signal).finally(() => clearTimeout(timer))
}

/** Waits for some work, for credentials above all, or throws the reason of the signal. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  let abort: (() => void) | undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason as Error)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort)
  })
  try {
    return await Promise.race([aborted, work])
  } finally {
    if (abort) signal.removeEventListener('abort', abort)
  }
}

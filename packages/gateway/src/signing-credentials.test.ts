/** What signs is asked for once, and nobody waits for it for ever. */
import { afterEach, expect, it, vi } from 'vitest'
import { SigningCredentials } from './signing-credentials.ts'

afterEach(() => {
  vi.useRealTimers()
})

it('waits half a minute for who gives them, and asks again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const provide = vi.fn<() => Promise<never>>(() => new Promise(() => {}))
  const credentials = new SigningCredentials(() => provide)
  for (const count of [1, 2]) {
    const asked = credentials.ask().catch((error: unknown) => error)
    await vi.waitUntil(() => vi.getTimerCount() > 0)
    await vi.advanceTimersByTimeAsync(30_000)
    expect(await asked).toMatchObject({ message: expect.stringContaining('has said nothing for 30 s') })
    expect(provide).toHaveBeenCalledTimes(count)
  }
})

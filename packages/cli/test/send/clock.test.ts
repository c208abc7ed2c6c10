/** `send --clock-offset`: the clock of a server that is far from that of this computer. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { send } from './kit/send.ts'
import { sent, startSignedServer, type SignedServer } from './kit/signed-server.ts'

const HOURS = 3 * 3600 * 1000

describe('a server whose clock is three hours ahead', () => {
  let server: SignedServer
  beforeAll(async () => {
    server = await startSignedServer({ now: () => new Date(Date.now() + HOURS) })
  })
  afterAll(async () => server.close())

  it('refuses the clock, with a code of its own', async () => {
    const { code } = await send([`${server.origin}/a`])
    expect(code).toBe(6)
  })

  it('gets the request once more by its own clock with auto, which is told', async () => {
    const before = server.refused.length
    const { code, stdout, stderr } = await send([
      '-v',
      '--clock-offset',
      'auto',
      '-d',
      'a=1',
      `${server.origin}/a`,
    ])
    expect([code, stdout]).toEqual([0, 'ok'])
    expect(server.refused.length - before).toBe(1)
    expect(stderr).toMatch(
      /clock=(?:2 hours 59 minutes|3 hours)\S* ahead of this computer's \(from the server\)/,
    )
    expect(sent(server.seen.at(-1)!, 'x-amz-date')).toBeDefined()
  })

  it('is told beforehand how far ahead it is', async () => {
    const before = server.refused.length
    const { code } = await send(['--clock-offset', String(HOURS / 1000), `${server.origin}/a`])
    expect([code, server.refused.length - before]).toEqual([0, 0])
  })

  it('is believed once', async () => {
    const wrong = await startSignedServer({
      now: () => new Date(Date.now() + HOURS * (1 + wrong.refused.length)),
    })
    const { code } = await send(['--clock-offset', 'auto', `${wrong.origin}/a`])
    await wrong.close()
    expect([code, wrong.refused.length]).toEqual([6, 2])
  })

  it.each([
    [['--clock-offset', '5', '--at', '20261122T123456Z'], '--at and --clock-offset both set the clock'],
    [['--clock-offset', 'soon'], 'It must be auto, or a number of seconds'],
    [
      ['--clock-offset', 'auto', '--algorithm', 's3express'],
      '--clock-offset does not set the clock of a session',
    ],
    [['--clock-offset', '1', '--bearer', 'env:T'], '--bearer and --clock-offset do not go together'],
  ])('%j is refused', async (flags, message) => {
    const { code, stderr } = await send([...flags, `${server.origin}/a`])
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })
})

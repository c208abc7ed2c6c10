/** The clock, by the date of an answer. */
import { expect, it } from 'vitest'
import { checkClock } from './check-clock.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')

/** @param seconds how much later it is at the server */
function read(seconds: number): ReturnType<typeof checkClock> {
  const date = new Date(NOW + seconds * 1000).toUTCString()
  return checkClock({ sent: NOW, received: NOW + 1000, date }, 'host')
}

it.each([
  [0, 'ok', '0 s from host', undefined],
  [-60, 'ok', '60 s from host', undefined],
  [90, 'warning', '1 minute 30 seconds behind host', 'NTP'],
  [-412, 'problem', '6 minutes 52 seconds ahead of host', 'WSL'],
  [7210, 'problem', '2 hours 10 seconds behind host', 'time zone'],
])('%i s later there is %s', (seconds, state, message, fix) => {
  expect(read(seconds)).toMatchObject({ state, message })
  if (fix !== undefined) expect(read(seconds).fix).toContain(fix)
})

it('is not measured by a server that tells no date', () => {
  expect(checkClock({ sent: NOW, received: NOW, date: null }, 'host')).toMatchObject({
    state: 'unmeasured',
    message: 'not measured: host tells no date',
  })
})

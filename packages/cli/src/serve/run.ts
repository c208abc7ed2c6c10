/**
 * Runs what serves until it is told to stop: the gateway and the signing proxy.
 *
 * @module
 */
import type { Address, RouteSettings, Serving } from '@countersign/gateway'
import { EXIT } from '../frame/exit-codes.ts'
import type { Output } from '../frame/output.ts'

/**
 * Starts, tells what was started, and ends at SIGTERM or Ctrl-C; SIGHUP makes it read its files again.
 *
 * @param beforeStop what has to be done while it still serves
 */
export async function runUntilSignal(
  start: () => Promise<Serving>,
  announce: (serving: Serving) => void,
  { note }: Output,
  beforeStop?: () => Promise<void>,
): Promise<never> {
  const stopping = stopSignal()
  const serving = await start()
  process.on('SIGHUP', () => void serving.reload())
  announce(serving)
  await stopping
  note('Stopping: requests under way may end')
  await beforeStop?.()
  await serving.stop()
  // A credential_process that hangs would keep this one running.
  process.exit()
}

/** Waits for SIGTERM or Ctrl-C. The second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false
    for (const [signal, exitCode] of [
      ['SIGINT', EXIT.interrupted],
      ['SIGTERM', EXIT.terminated],
    ] as const) {
      process.on(signal, () => {
        if (isStopping) process.exit(exitCode)
        isStopping = true
        resolve()
      })
    }
  })
}

/** An address as people use it. */
export function urlOf({ host, port }: Address, scheme = 'http'): string {
  if (host.startsWith('unix:')) return host
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Where requests go, for people. */
export function upstreamsOf(routes: readonly RouteSettings[]): string {
  return routes.map(({ upstream, allow }) => upstream?.href ?? allow.hosts.join(', ')).join(', ')
}

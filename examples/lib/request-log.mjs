/** The gateway's log for a person who looks on: a line for each request, and nothing else. */
import { styled } from './terminal.mjs'

/**
 * @param {Readonly<Record<string, string>>} [caller]
 * @returns {import('@countersign/gateway').GatewayLog}
 */
function logOf(caller) {
  const show = (line, text) => {
    if (text !== 'forwarded' && text !== 'refused') return
    const { method, path, status, milliseconds, failure } = line
    const who = caller?.principal ?? 'nobody'
    console.log(styled('dim', `${text} ${method} ${path}: ${failure ?? status}, ${who}, ${milliseconds} ms`))
  }
  return { debug: show, info: show, warn: show, error: show, flush() {}, child: logOf }
}

export const showRequest = logOf()

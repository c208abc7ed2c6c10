/** The gateway's log for a person who looks on: a line for each request, and nothing else. */
import { styled } from './terminal.mjs'

function show(line, text) {
  if (text !== 'forwarded' && text !== 'refused') return
  const { method, path, status, principal, milliseconds, failure } = line
  const who = principal ?? 'nobody'
  console.log(styled('dim', `${text} ${method} ${path}: ${failure ?? status}, ${who}, ${milliseconds} ms`))
}

/** @type {import('@countersign/gateway').GatewayLog} */
export const showRequest = { debug: show, info: show, warn: show, error: show, flush() {} }

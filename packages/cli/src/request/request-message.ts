/**
 * One request in its two views: as it is given to a signer, with a URL, and as it stands on the wire, with a target.
 *
 * @module
 */
import type { WholeMessage } from 'countersign/verify'
import { CommandError } from '../frame/command-error.ts'
import type { GivenRequest } from './given-request.ts'

/** The request as it would stand on the wire. */
export function messageOf({ method, url, headers, body }: GivenRequest): WholeMessage {
  const [, authority = '', rest = ''] = /^[a-z]+:\/\/([^/?#]*)([^#]*)/i.exec(url) ?? []
  const hasHost = headers.some(([name]) => name.toLowerCase() === 'host')
  return {
    method,
    target: rest.startsWith('/') ? rest : `/${rest}`,
    headers: hasHost ? headers : [['host', authority], ...headers],
    body,
  }
}

/**
 * The request of a message, to be signed.
 *
 * @throws {@link CommandError} `USAGE` when it has no host
 */
export function requestOf({ method, target, headers, body }: WholeMessage): GivenRequest {
  const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1]
  if (host === undefined) {
    throw new CommandError('USAGE', 'The request has no Host header', {
      why: 'the host is part of what is signed',
      fix: 'add a line such as: Host: sts.eu-west-1.amazonaws.com',
    })
  }
  return { method, url: target.startsWith('/') ? `https://${host}${target}` : target, headers, body }
}

/**
 * Parts of a URL in its own spelling: no class for URLs gets to tidy them up.
 *
 * @module
 */
import { CommandError } from '../frame/command-error.ts'

/** Host and port, without a user; what there is instead where this is no URL. */
export function authorityOf(url: string): string {
  return /^[a-z]+:\/\/(?:[^/?#]*@)?([^/?#]*)/i.exec(url)?.[1] ?? url.split('?')[0] ?? ''
}

/**
 * Ends it for a host without a scheme; what else may be wrong with a URL is told by what reads it.
 *
 * @throws {@link CommandError} `URL_INVALID`
 */
export function assertScheme(url: string): void {
  if (!/^(?:[\w-]+\.)+[\w-]+(?::\d+)?(?:[/?#]|$)/.test(url)) return
  const place = authorityOf(url)
  throw new CommandError('URL_INVALID', `This is no absolute URL: ${place}`, {
    why: 'http and https are not the same, and neither is guessed',
    fix: `write it as https://${place}`,
  })
}

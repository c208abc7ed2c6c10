/**
 * Parts of a URL in its own spelling: no class for URLs gets to tidy them up.
 *
 * @module
 */

/** Host and port, without a user; what there is instead where this is no URL. */
export function authorityOf(url: string): string {
  return /^[a-z]+:\/\/(?:[^/?#]*@)?([^/?#]*)/i.exec(url)?.[1] ?? url.split('?')[0] ?? ''
}

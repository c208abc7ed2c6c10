/**
 * The server to try, and the keys to use there; here the one that the environment names.
 */

/**
 * Whose requests they are.
 *
 * @typedef {object} Identity
 * @property {Record<string, string>} environment credentials and region, for the command
 * @property {boolean} token whether there is a session token
 */

/**
 * @typedef {object} Store
 * @property {string} description for the head of the table
 * @property {string} endpoint without a slash at its end
 * @property {{ endpoint: string, certificate: string }} [secure] the same over https, with a file to trust
 * @property {string} region
 * @property {Identity[]} identities each may make buckets
 * @property {Identity[]} otherKeys of the first one's user, with secrets that are easily damaged
 * @property {Identity} [stranger] who may not see the others' buckets
 */

/**
 * The server at an address, with the keys and the region of the environment; nothing when one of these is not set.
 *
 * @param {string} address
 * @returns {Store | undefined}
 */
export function readGivenStore(address) {
  const { env } = process
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION']
  const id = env['AWS_ACCESS_KEY_ID']
  const secret = env['AWS_SECRET_ACCESS_KEY']
  if (!region || !id || !secret) return undefined
  const identities = [createIdentity(region, id, secret, env['AWS_SESSION_TOKEN'])]
  return { description: address, endpoint: address.replace(/\/$/, ''), region, identities, otherKeys: [] }
}

/**
 * Makes an identity.
 *
 * @param {string} region @param {string} id @param {string} secret @param {string} [sessionToken]
 * @returns {Identity}
 */
export function createIdentity(region, id, secret, sessionToken = '') {
  const key = { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: sessionToken }
  return { environment: { ...key, AWS_REGION: region }, token: sessionToken !== '' }
}

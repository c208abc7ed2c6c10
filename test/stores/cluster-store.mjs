/**
 * The users of a cluster of our own, their keys, and a role, whose session brings the session token.
 */
import { randomBytes } from 'node:crypto'
import { countersign } from './command.mjs'
import { elements } from './listing.mjs'
import { createIdentity } from './store.mjs'

/** @typedef {import('./store.mjs').Identity} Identity */

const ROLE = 'CountersignTrial'
const USER = 'tester'

/**
 * Makes users on a cluster that runs, and a role, whose session is asked for by a signed request.
 *
 * @param {import('./ceph.mjs').Cluster} cluster
 * @returns {Promise<import('./store.mjs').Store>}
 */
export async function openCluster(cluster) {
  const region = 'us-east-1'
  const secret = `/+%=${randomBytes(12).toString('hex')}%2F+/==`
  const user = await createUser(cluster, region, USER, secret)
  const stranger = await createUser(cluster, region, 'stranger', randomBytes(20).toString('hex'))
  const otherKeys = []
  for (const mark of ['/', '+', '%', '=', '%41', '+/+']) {
    const otherSecret = `${mark}${randomBytes(8).toString('hex')}${mark}${randomBytes(8).toString('hex')}${mark}`
    const id = createId()
    await cluster.administer(
      'key',
      'create',
      `--uid=${USER}`,
      `--access-key=${id}`,
      `--secret=${otherSecret}`,
    )
    otherKeys.push(createIdentity(region, id, otherSecret))
  }
  return {
    description: (await cluster.administer('--version')).trim(),
    endpoint: cluster.endpoint,
    secure: { endpoint: cluster.secureEndpoint, certificate: cluster.certificate },
    region,
    identities: [user, await assumeRole(cluster, user, region)],
    otherKeys,
    stranger,
  }
}

/**
 * @param {import('./ceph.mjs').Cluster} cluster @param {string} region @param {string} name @param {string} secret
 */
async function createUser(cluster, region, name, secret) {
  const id = createId()
  const key = [`--access-key=${id}`, `--secret=${secret}`]
  await cluster.administer('user', 'create', `--uid=${name}`, `--display-name=${name}`, ...key)
  return createIdentity(region, id, secret)
}

/** @param {import('./ceph.mjs').Cluster} cluster @param {Identity} user @param {string} region */
async function assumeRole(cluster, { environment }, region) {
  const mayAssume = {
    Effect: 'Allow',
    Principal: { AWS: [`arn:aws:iam:::user/${USER}`] },
    Action: ['sts:AssumeRole'],
  }
  const mayUse = { Effect: 'Allow', Action: ['s3:*'], Resource: 'arn:aws:s3:::*' }
  const role = `--role-name=${ROLE}`
  await cluster.administer(
    'role',
    'create',
    role,
    '--path=/',
    `--assume-role-policy-doc=${formatPolicy(mayAssume)}`,
  )
  await cluster.administer(
    'role-policy',
    'put',
    role,
    '--policy-name=all',
    `--policy-doc=${formatPolicy(mayUse)}`,
  )
  const form = {
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleSessionName: 'trial',
    RoleArn: `arn:aws:iam:::role/${ROLE}`,
  }
  const data = Object.entries(form).flatMap(([name, value]) => ['--data-urlencode', `${name}=${value}`])
  const { code, stdout, stderr } = await countersign(environment, [
    'send',
    '--service',
    'sts',
    ...data,
    cluster.endpoint,
  ])
  if (code !== 0) throw new Error(`AssumeRole ended with ${code}: ${stderr}`)
  const [id = '', secret = '', token = ''] = ['AccessKeyId', 'SecretAccessKey', 'SessionToken'].flatMap(
    (name) => elements(stdout, name),
  )
  return createIdentity(region, id, secret, token)
}

/** @param {object} statement */
const formatPolicy = (statement) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] })

const createId = () => `AKIA${randomBytes(8).toString('hex').toUpperCase()}`

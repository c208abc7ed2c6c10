/**
 * `npm run test:stores`: whether a real S3 server accepts what `countersign send` and `countersign presign` make, and
 * refuses what it should. Starts Ceph's S3 gateway for it, or uses the server at `COUNTERSIGN_S3_ENDPOINT`, with
 * `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and perhaps `AWS_SESSION_TOKEN`. Exit codes: 0 all as
 * expected, 1 not, 2 when programs or keys are missing.
 */
import { randomBytes } from 'node:crypto'
import { tryDeleteBucket, tryNewBucket, trySpecialRequests } from './buckets.mjs'
import { Cluster, PACKAGES, PROGRAMS } from './ceph.mjs'
import { openCluster } from './cluster-store.mjs'
import { tryExplanations } from './explanations.mjs'
import { missingPrograms } from './host.mjs'
import { tryObject } from './objects.mjs'
import { ODD_KEYS } from './odd-keys.mjs'
import { tryRefusals, trySecrets } from './refusals.mjs'
import { readGivenStore } from './store.mjs'
import { Trials } from './trials.mjs'
import { tryUploads } from './uploads.mjs'

/** @param {import('./store.mjs').Store} store */
async function tryStore(store) {
  console.log(`${store.description}\nNode ${process.version}\n`)
  const trials = new Trials()
  await Promise.all(
    store.identities.map(async (identity) => {
      const bucket = `${store.endpoint}/countersign-${randomBytes(6).toString('hex')}`
      const place = { trials, identity, bucket }
      await tryNewBucket(place, store.region)
      for (const entry of ODD_KEYS) await tryObject(trials, identity, bucket, entry)
      await trySpecialRequests(place)
      await tryUploads(place, store)
      await tryRefusals(place, store)
      await tryExplanations(place, store)
      await tryDeleteBucket(place)
    }),
  )
  await trySecrets(trials, store)
  trials.conclude()
  return trials.failed.length === 0 ? 0 : 1
}

async function tryCluster() {
  const missing = await missingPrograms(PROGRAMS)
  if (missing.length > 0) {
    console.error(`Missing: ${missing.join(', ')}`)
    console.error(`On Debian: apt-get install --no-install-recommends ${PACKAGES}`)
    console.error('Or name a server with COUNTERSIGN_S3_ENDPOINT')
    return 2
  }
  const cluster = new Cluster()
  const work = async () => {
    await cluster.start()
    return tryStore(await openCluster(cluster))
  }
  /** @type {Promise<number>} */
  const stopped = new Promise((resolve) => {
    process.once('SIGINT', () => resolve(130))
    process.once('SIGTERM', () => resolve(143))
  })
  try {
    return await Promise.race([work(), stopped])
  } finally {
    await cluster.stop()
  }
}

/** @param {string} address */
async function tryGiven(address) {
  const store = readGivenStore(address)
  if (store) return tryStore(store)
  console.error(
    'With COUNTERSIGN_S3_ENDPOINT go AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: set them',
  )
  return 2
}

const address = process.env['COUNTERSIGN_S3_ENDPOINT']
// Not left to the end of all work: a signal ends it half way.
process.exit(address ? await tryGiven(address) : await tryCluster())

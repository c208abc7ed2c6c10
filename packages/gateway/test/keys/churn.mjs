/**
 * Changes keys as fast as it can until it is killed. Prints a JSON line before each change, `{"change":"rotate","id":…}`,
 * and one after it, `{"done":"rotate","id":…,…}`: what was done is on the disk by then.
 *
 *     node churn.mjs STORE MASTER_KEY_HEX
 */
import { writeSync } from 'node:fs'
import { openKeyStore } from '../../dist/keys/index.js'

const [file = '', masterKey = ''] = process.argv.slice(2)
const store = openKeyStore({ file, masterKey: Buffer.from(masterKey, 'hex') })
const ids = store.list().map((key) => key.accessKeyId)
const print = (line) => writeSync(1, `${JSON.stringify(line)}\n`)

/** What is done, over and over; more keys are made than deleted. */
const CHANGES = [
  'create',
  'rotate',
  'disable',
  'create',
  'expire',
  'rotate',
  'enable',
  'create',
  'delete',
  'rotate',
]

function makeChange(change, id) {
  if (change === 'create') return store.create({ principal: `owner of ${id}`, accessKeyId: id })
  if (change === 'rotate') return store.rotate(id, { overlap: 3600 })
  if (change === 'expire') return store.expire(id, new Date(Date.now() + 3_600_000))
  return store[change](id)
}

for (let count = 0; ; count++) {
  const change = CHANGES[count % CHANGES.length]
  const isNew = change === 'create'
  const at = (count * 7919) % Math.max(1, ids.length)
  const id = isNew ? `KEY/${process.pid}/${count}` : ids[at]
  if (id === undefined) continue
  print({ change, id })
  const made = makeChange(change, id)
  print({ done: change, id, secret: made?.secretAccessKey })
  if (isNew) ids.push(id)
  if (change === 'delete') ids.splice(at, 1)
}

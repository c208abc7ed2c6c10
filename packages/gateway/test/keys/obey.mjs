/**
 * Another process with the same key store, as `countersign keys` is. Takes its orders as JSON lines on standard input,
 * `["disable", "AKID"]`, and answers each with what the store answered.
 *
 *     node obey.mjs STORE MASTER_KEY_FILE
 */
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { openKeyStore, resolveMasterKey } from '../../dist/keys/index.js'

const [file = '', masterKeyFile = ''] = process.argv.slice(2)
const masterKey = resolveMasterKey({ text: undefined, file: masterKeyFile, storeExists: existsSync(file) })
const store = openKeyStore({ file, masterKey })
for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...values] = JSON.parse(line)
  console.log(JSON.stringify(store[name](...values) ?? null))
}
store.close()

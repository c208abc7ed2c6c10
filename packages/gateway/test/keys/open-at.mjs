/**
 * A process that opens a store at an instant, as others do at the same one. Told by `{ file, at }`, in milliseconds
 * since 1970; answers what the opening failed with, or null.
 */
import { openKeyStore } from '../../dist/keys/index.js'

const masterKey = new Uint8Array(32)

process.on('message', ({ file, at }) => {
  while (performance.timeOrigin + performance.now() < at);
  try {
    openKeyStore({ file, masterKey }).close()
    process.send({ failed: null })
  } catch (error) {
    process.send({ failed: error.message })
  }
})

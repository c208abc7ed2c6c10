/** Keeps a processor awake, and gives way to everything else. */
import { constants, setPriority } from 'node:os'

setPriority(constants.priority.PRIORITY_LOW)
process.once('disconnect', () => process.exit())
const spin = () => {
  const end = performance.now() + 50
  while (performance.now() < end);
  setImmediate(spin)
}
process.send?.({ port: 0 })
spin()

/**
 * `npm run bench`: what a signature costs on the runtime that runs this, beside other signers and beside the least
 * that it can cost. `--json` prints figures for machines.
 */
import { measure } from './measure.mjs'
import { rows } from './rows.mjs'

const measured = await measure(rows())
/** @param {string} name */
const timeOf = (name) => measured.find((row) => row.name === name)?.time ?? NaN
const floor = timeOf('floor: a hash and an HMAC')

const table = measured.map(({ name, time }) => {
  const [task] = name.split(':')
  const ours = timeOf(`${task}: countersign`)
  return {
    row: name,
    microseconds: Number(time.toFixed(2)),
    'operations per second': Math.round(1e6 / time),
    'times the floor': Number((time / floor).toFixed(2)),
    ...(Number.isNaN(ours) ? {} : { "times countersign's": Number((time / ours).toFixed(2)) }),
  }
})

if (process.argv.includes('--json')) {
  console.log(
    JSON.stringify(
      { node: process.version, platform: process.platform, arch: process.arch, rows: table },
      undefined,
      2,
    ),
  )
} else {
  console.log(
    `Node ${process.version}, ${process.platform} ${process.arch}; each row's best of interleaved rounds`,
  )
  console.table(Object.fromEntries(table.map(({ row, ...figures }) => [row, figures])))
}

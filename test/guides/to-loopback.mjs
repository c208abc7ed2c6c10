/**
 * Loaded before a program of a guide: connections to AWS's hosts end at the stand-in of this machine, whose port is in
 * `STAND_IN_PORT`. All else is as ever, so that the program is the one of the page to the last byte.
 */
import tls from 'node:tls'

const { connect } = tls
const port = Number(process.env['STAND_IN_PORT'])

/** @param {any} options @param {...any} rest */
tls.connect = (options, ...rest) => {
  const name = String(options.servername || options.host)
  if (!name.endsWith('.amazonaws.com')) throw new Error(`A guide connects to ${name}`)
  const route = { host: '127.0.0.1', hostname: '127.0.0.1', port, rejectUnauthorized: false }
  return connect({ ...options, servername: name, ...route }, ...rest)
}

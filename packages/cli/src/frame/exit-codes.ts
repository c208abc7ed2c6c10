/**
 * Exit codes: what a script can tell from how the command ended, such as 3 for "log in again" and 4 for "try again".
 *
 * @module
 */

/** The exit codes. They are part of the command's interface and never change their meaning. */
export const EXIT = {
  /** Done; what was to be verified is valid. */
  ok: 0,
  /** A fault of the command itself, or of a file that it keeps. */
  internal: 1,
  /** The command line, or a file that it names, cannot be used. */
  usage: 2,
  /** No usable credentials. */
  credentials: 3,
  /** DNS, connection, TLS, timeout: trying again may help. */
  network: 4,
  /** Refused for the signature; what was to be verified is not valid. */
  signature: 5,
  /** Refused for the clock. */
  clock: 6,
  /** Refused for a permission: the signature was right. */
  permission: 7,
  /** Any other HTTP status from 400 on, or a redirect that is not followed. */
  http: 22,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
  /** Stopped by whoever runs the machine. */
  terminated: 143,
} as const

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/**
 * How what stands behind an `@` is read.
 *
 * @module
 */

/**
 * Reads a file, or standard input for `-`.
 *
 * @param reader the flag that wants it, for messages
 */
export type ReadSource = (path: string, reader: string) => Promise<Uint8Array>

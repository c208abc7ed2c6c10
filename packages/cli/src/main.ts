/**
 * The command `countersign`.
 *
 * @module
 */

/** Runs the command. */
export async function main(args: readonly string[]): Promise<void> {
  process.stdout.write(`${args.length}\n`)
}

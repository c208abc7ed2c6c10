/**
 * Questions at the terminal: where there is one, and nobody said that there is nobody to answer.
 *
 * @module
 */

/** Whether a question can be asked: not with `--no-input`, nor where `CI=true`. */
export function canAsk(input: boolean | undefined): boolean {
  return (
    Boolean(process.stdin.isTTY && process.stderr.isTTY) && process.env['CI'] !== 'true' && input !== false
  )
}

/** Why not, for an error. */
export function whyNotAsked(input: boolean | undefined): string {
  if (input === false) return '--no-input asks nobody'
  return process.env['CI'] === 'true' ? 'CI=true asks nobody' : 'there is no terminal to ask at'
}

/**
 * Asks a question.
 *
 * @returns one line without its end; empty at Ctrl-D
 */
export async function ask(question: string): Promise<string> {
  process.stderr.write(question)
  const { createInterface } = await import('node:readline')
  const lines = createInterface({ input: process.stdin })
  const answer = await new Promise<string>((resolve) => {
    lines.once('line', resolve)
    lines.once('close', () => {
      resolve('')
    })
  })
  lines.close()
  return answer.trim()
}

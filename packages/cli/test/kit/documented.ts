/**
 * The examples of a page of the documentation: what stands in its `console` blocks behind a `$`, and the output below.
 *
 * @module
 */
import { readFileSync } from 'node:fs'

/** A command line, with what it prints on standard output and standard error together. */
export interface Example {
  readonly line: string
  /** `…` stands for anything within a line. */
  readonly output: string
}

const BLOCK = /^```console\n([^]*?)^```$/gm
const EXAMPLE = /^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm

/** The examples of a page, in their order. */
export function readExamples(page: URL): readonly Example[] {
  const text = readFileSync(page, 'utf8')
  return [...text.matchAll(BLOCK)].flatMap(([, block = '']) =>
    [...block.matchAll(EXAMPLE)].map(([, line = '', output = '']) => ({ line, output })),
  )
}

/** An expression for what an example may print. */
export function expressionOf({ output }: Example): RegExp {
  const parts = output.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.*')}$`)
}

/** Measures in Node, Bun or Deno, and prints JSON. */
import { measureHere } from './backends.mjs'

console.log(JSON.stringify(await measureHere()))

/** Measures in a page. */
import { measureHere } from './backends.mjs'

Object.assign(globalThis, { measureHere })

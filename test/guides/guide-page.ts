/**
 * A guide as a program: the blocks of code on the page, one behind the other, and what the page says that they print.
 *
 * @module
 */
/** Code of a page, and what the page says that it prints. `…` stands for what differs from run to run. */
export interface Program {
  readonly code: string
  readonly printed: string
}

/** What a page has to run. */
export interface GuidePage {
  /** All blocks of JavaScript: one module. */
  readonly script: Program
  /** All blocks for the shell: one script. */
  readonly shell: Program
  /** Files that the page shows, by their names: blocks such as ` ```html upload.html `. */
  readonly files: ReadonlyMap<string, string>
}

const FENCE = /^```(\S*) ?(\S*)\n([^]*?)^```$/gm

/** Reads the blocks of a page. A block of text is what the code above it prints. */
export function readGuide(page: string): GuidePage {
  const programs = { js: { code: '', printed: '' }, sh: { code: '', printed: '' } }
  const files = new Map<string, string>()
  let last = programs.js
  for (const [, language = '', name = '', text = ''] of page.matchAll(FENCE)) {
    if (name !== '') files.set(name, text)
    else if (language === 'text') last.printed += text
    else if (language === 'js' || language === 'sh') {
      last = programs[language]
      last.code += text
    }
  }
  return { script: programs.js, shell: programs.sh, files }
}

/** The pattern that a text has to match in which `…` stands for anything on a line. */
export function patternOf(text: string): RegExp {
  const parts = text.split('…').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`)
}

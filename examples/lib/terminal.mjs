/** Output for people: bold, dim and colours on a terminal that wants them, plain text elsewhere. */

const STYLES = { bold: 1, dim: 2, red: 31, green: 32, cyan: 36 }
const isStyled = process.stdout.isTTY && !process.env.NO_COLOR

/** A text in a style. */
export function styled(style, text) {
  return isStyled ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text
}

/** Prints a headline. */
export function title(text) {
  console.log(`\n${styled('cyan', text)}\n`)
}

/** A text with blanks before each line. */
export function indent(text, width = 2) {
  return text.replace(/^/gm, ' '.repeat(width))
}

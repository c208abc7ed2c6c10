/**
 * Draws the pictures of the terminal in `docs/terminal`: `node scripts/terminal-pictures.mjs`. Each runs its command lines
 * in a real terminal, that of tmux, and what it shows, with its colours, becomes an SVG.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './lib/project.mjs'

/** In characters. */
const WIDTH = 104
/** In pixels. */
const [COLUMN, ROW, MARGIN] = [8.4, 20, 16]
const OBJECT = 'https://my-bucket.s3.eu-west-1.amazonaws.com/report.pdf'
const HUES = new Map([
  ['31', '#ff7b72'],
  ['32', '#7ee787'],
  ['33', '#e3b341'],
])

/** Command lines by the names of their pictures. Nothing is sent: they look the same wherever they are drawn. */
const SCENES = new Map([
  [
    'presign',
    [
      `countersign presign --expires 15m --at 20261122T123456Z ${OBJECT} > url`,
      'countersign presign check --at 20261122T124000Z - < url',
    ],
  ],
  [
    'verify',
    [
      `countersign sign --format http --at 20261122T123456Z -d '{"Limit":10}' https://dynamodb.us-west-2.amazonaws.com/ > request.http`,
      `sed 's/10/99/' request.http | countersign verify --color always --at 20261122T123500Z | head -14`,
    ],
  ],
  [
    'explain',
    [
      `countersign sign --format http --at 20261122T123456Z 'https://my-bucket.s3.us-east-1.amazonaws.com/a@b.txt' > request.http`,
      `echo "<Error><Code>AuthorizationHeaderMalformed</Code><Message>the region 'us-east-1' is wrong; expecting 'eu-west-1'</Message></Error>" > answer.xml`,
      'countersign explain --color always request.http answer.xml',
    ],
  ],
  ['doctor', ['export AWS_ACCESS_KEY_ID=ASIA0123456789ABCDEF AWS_REGION=eu-west-1a', 'countersign doctor']],
])

/** @param {readonly string[]} lines @returns {string} what the terminal shows, with its codes for colours */
function play(lines) {
  const home = mkdtempSync(join(tmpdir(), 'countersign-pictures-'))
  const command = join(home, 'bin', 'countersign')
  mkdirSync(join(home, 'bin'))
  mkdirSync(join(home, 'ada'))
  writeFileSync(
    command,
    `#!/bin/sh\nexec "${process.execPath}" "${root}/packages/cli/bin/countersign.js" "$@"\n`,
  )
  chmodSync(command, 0o755)
  const shown = lines.map((line) => `printf '\\033[32m$\\033[0m %s\\n' ${quote(line)}\n${line}`).join('\n')
  writeFileSync(join(home, 'scene'), `cd ada\n${shown}\ntmux wait-for -S done\nsleep 60\n`)
  const tmux = (/** @type {string[]} */ ...args) =>
    execFileSync('tmux', ['-S', join(home, 'socket'), ...args], { encoding: 'utf8' })
  const env = [
    'PATH=' + join(home, 'bin') + ':' + process.env['PATH'],
    'HOME=.',
    'TERM=screen-256color',
    'AWS_ACCESS_KEY_ID=AKIDEXAMPLE',
    'AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  ]
  try {
    tmux(
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      '-x',
      String(WIDTH),
      '-y',
      '50',
      '-c',
      home,
      `env -i TMUX="$TMUX" ${env.map(quote).join(' ')} sh scene`,
    )
    tmux('wait-for', 'done')
    return tmux('capture-pane', '-e', '-p').trimEnd()
  } finally {
    tmux('kill-server')
    rmSync(home, { recursive: true })
  }
}

/** @param {string} text */
const quote = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** @param {string} text */
const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** @param {string} shown @returns {string} */
function draw(shown) {
  const lines = shown.split('\n')
  const rows = lines.map((line, index) => {
    let [column, hue, spans] = [0, '', '']
    for (const [, code, text] of line.matchAll(/(?:\u001B\[([\d;]*)m)|([^\u001B]+)/g)) {
      if (text === undefined) hue = HUES.get(code ?? '') ?? ''
      else {
        const [x, fill] = [MARGIN + column * COLUMN, hue ? ` fill="${hue}"` : '']
        spans += `<tspan x="${x.toFixed(1)}"${fill} textLength="${(text.length * COLUMN).toFixed(1)}">${escape(text)}</tspan>`
        column += text.length
      }
    }
    return `<text y="${MARGIN + (index + 1) * ROW - 6}" xml:space="preserve">${spans}</text>`
  })
  const [width, height] = [Math.ceil(WIDTH * COLUMN) + 2 * MARGIN, lines.length * ROW + 2 * MARGIN]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#e6edf3">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${rows.join('\n')}
</svg>
`
}

const folder = join(root, 'docs', 'terminal')
mkdirSync(folder, { recursive: true })
for (const [name, lines] of SCENES) writeFileSync(join(folder, `${name}.svg`), draw(play(lines)))

/** What is different at a terminal: provenance lines, colour, questions. */
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { CALLER, startRoleServer } from '../../../test/kit/role-server.ts'
import { describeWithTool } from '../../../test/kit/tools.ts'
import { COMMAND, countersign, KEY, makeHome, runProgram, type Run } from './kit/run-command.ts'
import { AT } from './kit/vectors.ts'

/** Runs a program at a terminal of its own, types the first argument, and copies what the terminal shows. */
const TERMINAL = `
import fcntl, os, pty, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, int(os.environ.get('WIDTH', 80)), 0, 0))
    os.execv(sys.argv[2], sys.argv[2:])
os.write(terminal, sys.argv[1].encode())
try:
    while shown := os.read(terminal, 4096):
        os.write(1, shown)
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`

describeWithTool('python3', 'a terminal', (python) => {
  /** Standard input, output and error are one terminal; what is typed comes back in what it shows. */
  async function atTerminal(
    args: readonly string[],
    home: string,
    typed = '',
    env: Readonly<Record<string, string>> = KEY,
  ): Promise<Run> {
    return runProgram(python, ['-c', TERMINAL, typed, process.execPath, COMMAND, ...args], {
      home,
      env: { ...env, TERM: 'xterm' },
    })
  }

  it('shows provenance lines, and colours', async () => {
    const signed = await atTerminal(['sign', '--at', AT, 'https://sqs.eu-west-1.amazonaws.com/'], makeHome())
    expect(signed.stdout).toContain('service=sqs (from host sqs.eu-west-1.amazonaws.com)')
    const failed = await atTerminal(['sign', 'https://example.com/'], makeHome())
    expect([failed.code, failed.stdout]).toEqual([2, expect.stringContaining('\u001B[31merror\u001B[0m: ')])
  })

  it.each([
    ['80', 80],
    ['200', 100],
  ])('of %s columns has the options of help between its edges', async (WIDTH, most) => {
    const { stdout } = await atTerminal(['send', '--help'], makeHome(), '', { WIDTH })
    const options = stdout.split('Options:')[1]!.split('Most of')[0]!
    const longest = Math.max(...options.split('\n').map((line) => line.trimEnd().length))
    expect(longest).toBeGreaterThan(most - 20)
    expect(longest).toBeLessThanOrEqual(most)
  })

  it.each([
    ['y', 0, 0],
    ['yes', 0, 0],
    ['n', 2, 1],
    ['', 2, 1],
    ['\u0004', 2, 1],
  ])('asks before it deletes: %j', async (answer, code, left) => {
    const home = makeHome()
    const { stdout: created } = await countersign(['keys', 'create', '--principal', 'a'], { home })
    const id = /AWS_ACCESS_KEY_ID=(\w+)/.exec(created)?.[1] ?? ''
    const run = await atTerminal(['keys', 'delete', id], home, `${answer}\n`)
    expect([run.code, run.stdout]).toEqual([code, expect.stringContaining(`Delete the access key ${id}?`)])
    const { stdout: list } = await countersign(['keys', 'list'], { home })
    expect(list.split('\n').filter((row) => row.startsWith(id))).toHaveLength(left)
  })

  it.each([
    ['keys delete AKIDEXAMPLE --no-input', {}, 2, '--no-input asks nobody'],
    ['keys delete AKIDEXAMPLE', { CI: 'true' }, 2, 'CI=true asks nobody'],
  ])('asks nobody who is not there: %s with %j', async (line, env, code, why) => {
    const run = await atTerminal(line.split(' '), makeHome(), '', env)
    expect([run.code, run.stdout]).toEqual([code, expect.stringContaining(why)])
  })

  it('asks for the code of a device, unless it is not to ask', async () => {
    const sts = await startRoleServer()
    const home = makeHome({
      '.aws/config':
        '[default]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = base\nmfa_serial = device\n',
      '.aws/credentials': `[base]\naws_access_key_id = ${CALLER.accessKeyId}\naws_secret_access_key = ${CALLER.secretAccessKey}\n`,
    })
    const env = { AWS_ENDPOINT_URL_STS: sts.origin, AWS_REGION: 'eu-west-1' }
    const line = ['sign', 'https://sqs.eu-west-1.amazonaws.com/']
    try {
      const asked = await atTerminal(line, home, '123456\n', env)
      expect([asked.code, asked.stdout]).toEqual([0, expect.stringContaining('MFA code of device: ')])
      expect(sts.asked.map(({ parameters }) => parameters['TokenCode'])).toEqual(['123456'])
      const quiet = await atTerminal([...line, '--no-input'], home, '123456\n', env)
      expect([quiet.code, quiet.stdout]).toEqual([3, expect.stringContaining('--no-input asks nobody')])
    } finally {
      await sts.close()
    }
  })

  it('tells what waits for input, and how to end it', async () => {
    const { code, stdout } = await atTerminal(['explain'], makeHome(), '{"message":"Forbidden"}\n\u0004')
    const told = 'explain reads what you type or paste here; end it with Ctrl-D\r\n'
    expect([code, stdout]).toEqual([7, expect.stringContaining(told)])
  })

  it('takes no secret that is typed', async () => {
    const args = ['sign', '--access-key-id', 'a', '--secret-stdin', 'https://sqs.eu-west-1.amazonaws.com/']
    const { code, stdout } = await atTerminal(args, makeHome())
    expect([code, stdout]).toEqual([
      2,
      expect.stringContaining('--secret-stdin does not read from a terminal'),
    ])
  })

  it('keeps the progress of an upload within the terminal, and takes it away before the answer', async () => {
    const server = createServer((socket) => void answerSlowly(socket, 'stored'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const home = makeHome({ big: Buffer.alloc(24 * 1024 * 1024) })
    const args = ['send', '--service', 's3', '--region', 'us-east-1', '-T', 'big', url]
    const { code, stdout } = await atTerminal(args, home, '', { ...KEY, WIDTH: '40' })
    server.close()
    const [answer, ...progress] = stdout.split('\r\u001B[K').slice(1).toReversed()
    expect([code, answer]).toEqual([0, 'stored\r\n'])
    expect(progress.length).toBeGreaterThan(0)
    for (const line of progress) expect(line).toMatch(/^uploading [^\r\n]{1,29}$/)
  })
})

/** Reads nothing for so long that progress is shown, then everything. */
async function answerSlowly(socket: Socket, body: string): Promise<void> {
  await wait(1100)
  const head = 'HTTP/1.1 200 OK\r\nconnection: close\r\n'
  let size = 0
  socket.on('data', (chunk) => {
    size += chunk.length
    if (size > 24 * 1024 * 1024 && !socket.writableEnded)
      socket.end(`${head}content-length: ${body.length}\r\n\r\n${body}`)
  })
}

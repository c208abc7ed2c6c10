/**
 * A Ceph cluster of one node, gone when the run ends: a monitor, one object store in memory and the S3 gateway, each
 * a child process on loopback, all files in one temporary folder. It needs neither systemd nor root.
 */
import { execFile, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { formatConfiguration } from './ceph-configuration.mjs'
import { freePorts } from './host.mjs'

const execute = promisify(execFile)

/** What {@link Cluster} runs. */
export const PROGRAMS = ['ceph', 'ceph-mon', 'ceph-osd', 'monmaptool', 'openssl', 'radosgw', 'radosgw-admin']

/** The Debian packages that bring it. */
export const PACKAGES = 'ceph-mon ceph-osd ceph-common radosgw openssl'

/**
 * A cluster. `start` may be followed by `stop` at any time, also while it is still starting.
 */
export class Cluster {
  /** @type {import('node:child_process').ChildProcess[]} */
  #daemons = []
  #folder = ''
  #isStopped = false
  /** Of the S3 gateway, such as `http://127.0.0.1:43123`. */
  endpoint = ''
  secureEndpoint = ''
  /** File with the certificate of the secure endpoint. */
  certificate = ''

  /** Brings everything up, in about 15 seconds. */
  async start() {
    const [monitorPort = 0, port = 0, securePort = 0] = await freePorts(3)
    this.#folder = await mkdtemp(join(tmpdir(), 'countersign-store-'))
    this.endpoint = `http://127.0.0.1:${port}`
    this.secureEndpoint = `https://127.0.0.1:${securePort}`
    this.certificate = join(this.#folder, 'certificate.pem')
    const clusterId = randomUUID()
    const tokenKey = randomBytes(8).toString('hex')
    const settings = { clusterId, monitorPort, port, securePort, tokenKey }
    const configuration = formatConfiguration(this.#folder, settings)
    await writeFile(join(this.#folder, 'ceph.conf'), configuration, { mode: 0o600 })
    await Promise.all(['mon', 'osd', 'log', 'run'].map((name) => mkdir(join(this.#folder, name))))
    await this.#certify()
    await this.#startMonitor(clusterId, monitorPort)
    await this.#startObjectStore()
    const gateway = this.#spawn('radosgw', ['-f', '-n', 'client.rgw'])
    await this.#until('the S3 gateway', gateway, async () => (await fetch(this.endpoint)).status < 500)
  }

  /**
   * Runs `radosgw-admin`.
   *
   * @param {string[]} args
   * @returns {Promise<string>} what it printed
   */
  administer(...args) {
    return this.#run('radosgw-admin', args)
  }

  /** Ends everything, and removes the folder. Nothing in it is worth an orderly end. */
  async stop() {
    this.#isStopped = true
    const running = this.#daemons.filter(
      ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
    )
    await Promise.all(running.map((daemon) => (daemon.kill('SIGKILL'), once(daemon, 'exit'))))
    if (this.#folder !== '') await rm(this.#folder, { recursive: true, force: true })
  }

  async #certify() {
    const how =
      'req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1'
    const files = ['-keyout', join(this.#folder, 'key.pem'), '-out', this.certificate]
    await execute('openssl', [...how.split(' '), ...files])
  }

  /** @param {string} clusterId @param {number} port */
  async #startMonitor(clusterId, port) {
    const map = join(this.#folder, 'monmap')
    const address = `[v2:127.0.0.1:${port}]`
    await this.#run('monmaptool', ['--create', '--addv', 'a', address, '--fsid', clusterId, map])
    await this.#run('ceph-mon', ['--mkfs', '-i', 'a', '--monmap', map])
    const monitor = this.#spawn('ceph-mon', ['-f', '-i', 'a'])
    await this.#until('the monitor', monitor, () => this.#run('ceph', ['mon', 'stat']))
  }

  async #startObjectStore() {
    const id = randomUUID()
    await this.#run('ceph', ['osd', 'create', id, '0'])
    await this.#run('ceph-osd', ['-i', '0', '--mkfs', '--osd-uuid', id])
    const store = this.#spawn('ceph-osd', ['-f', '-i', '0'])
    await this.#until('the object store', store, async () =>
      (await this.#run('ceph', ['osd', 'stat'])).includes('1 up'),
    )
  }

  /** @param {string} program @param {string[]} args */
  async #run(program, args) {
    const options = { timeout: 60_000, maxBuffer: 1 << 24 }
    const { stdout } = await execute(program, ['-c', join(this.#folder, 'ceph.conf'), ...args], options)
    return stdout
  }

  /** @param {string} program @param {string[]} args */
  #spawn(program, args) {
    if (this.#isStopped) throw new Error('The cluster was stopped')
    const daemon = spawn(program, ['-c', join(this.#folder, 'ceph.conf'), ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    this.#daemons.push(daemon)
    return daemon
  }

  /**
   * Asks again and again until a daemon is ready.
   *
   * @param {string} what @param {import('node:child_process').ChildProcess} daemon @param {() => Promise<unknown>} ask
   */
  async #until(what, daemon, ask) {
    const deadline = Date.now() + 120_000
    for (;;) {
      if (await ask().catch(() => false)) return
      if (daemon.exitCode !== null || daemon.signalCode !== null)
        throw new Error(`${what} ended with ${daemon.exitCode ?? daemon.signalCode}`)
      if (Date.now() > deadline) throw new Error(`${what} was not ready in two minutes`)
      await wait(300)
    }
  }
}

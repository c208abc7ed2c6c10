/**
 * The first thing to run: the gateway, with a demo API behind it that only signed requests get to. It sends itself a
 * signed request and a tampered one, shows every step of both, and stays up so that you can try it yourself.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signRequest } from 'countersign'
import { explainRequest } from 'countersign/verify'
import { ConfigError, createGateway, loadSettings } from '@countersign/gateway'
import { openKeyStore, resolveMasterKey } from '@countersign/gateway/keys'
import { listen } from './lib/listen.mjs'
import { showRequest } from './lib/request-log.mjs'
import { styled, title, indent } from './lib/terminal.mjs'
import { handleNotes } from './lib/notes-api.mjs'

const service = 'execute-api'
const region = 'us-east-1'
const folder = mkdtempSync(join(tmpdir(), 'countersign-demo-'))
const store = { file: join(folder, 'keys.db'), masterKeyFile: join(folder, 'master.key') }

/** Sends a signed request with the platform's own fetch; it arrives as it was signed. */
async function send(signed, url = signed.url) {
  const response = await fetch(url, signed)
  return { status: response.status, body: await response.text() }
}

/** Shows the steps that lead from a request to its signature. */
function showSteps(signed) {
  title('1. Signed')
  console.log(indent(`${signed.method} ${signed.url}`))
  for (const [name, text] of [
    ['Canonical request', signed.canonicalRequest],
    ['String to sign', signed.stringToSign],
    ['Signature', signed.signature],
  ]) {
    console.log(`\n  ${styled('bold', name)}\n${styled('dim', indent(text, 4))}`)
  }
}

/** Shows what a verifier makes of a message, rule by rule. */
function showFindings(signed, url, key) {
  const { pathname, search } = new URL(url)
  const report = explainRequest(
    { method: signed.method, target: pathname + search, headers: signed.headers },
    { service, region, key },
  )
  for (const { check, isOk, message } of report.findings) {
    console.log(
      `  ${isOk ? styled('green', 'ok') : styled('red', 'no')}  ${check}${isOk ? '' : `: ${message}`}`,
    )
  }
  console.log(`\n  Verdict: ${styled(report.verdict === 'valid' ? 'green' : 'red', report.verdict)}`)
}

function showResponse({ status, body }) {
  console.log(`\n  ${styled('bold', `HTTP ${status}`)}\n${styled('dim', indent(body, 4))}`)
}

async function demonstrate(base, credentials) {
  const signed = signRequest(
    { method: 'GET', url: `${base}/notes?prefix=a&limit=10` },
    { credentials, service, region },
  )
  showSteps(signed)
  title('   Verified')
  showFindings(signed, signed.url, credentials)
  showResponse(await send(signed))

  const tampered = signed.url.replace('limit=10', 'limit=1000')
  title('2. Tampered with on the way')
  console.log(indent(`${signed.method} ${tampered}\n`))
  showFindings(signed, tampered, credentials)
  showResponse(await send(signed, tampered))
}

function showWhatToTry(base, health, { accessKeyId, secretAccessKey }) {
  const example = (text, ...lines) => {
    console.log(`\n${indent(styled('dim', text))}`)
    for (const line of lines) console.log(line)
  }
  title('3. Your turn')
  console.log(indent(`The gateway is on ${base}, its health on ${health}/readyz.`))
  console.log(indent('The key lives as long as this process. In another terminal, in this folder:'))
  example(
    'The key, for all that follows',
    `export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} AWS_REGION=${region}`,
  )
  example(
    'Ask, as a client of API Gateway and as one of S3',
    `npx countersign send --service execute-api "${base}/notes?prefix=a"`,
    `npx countersign send --service s3 -X PUT -d "hello" "${base}/notes/first"`,
  )
  example(
    'A link for somebody without a key, good for five minutes',
    `npx countersign presign --service s3 --expires 5m "${base}/notes/first"`,
  )
  example(
    'With curl',
    `curl --aws-sigv4 "aws:amz:${region}:${service}" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" "${base}/notes/first"`,
  )
  example('Without a signature', `curl -i "${base}/notes"`)
  example(
    'Take the key away, and ask again',
    `npx countersign keys disable ${accessKeyId} --store "${store.file}" --master-key-file "${store.masterKeyFile}"`,
  )
  console.log(`\n${indent('Requests show up here. Ctrl-C stops the gateway.')}\n`)
}

function wantedPort() {
  const port = Number(process.env.PORT ?? 8080)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  console.error('PORT must be a number from 0 to 65535')
  return end(1)
}

/** Starts the gateway, on another port where the wanted one is taken. */
async function startGateway(upstream, keys, port) {
  const flags = {
    upstream,
    service: 'execute-api,s3',
    region,
    listen: `127.0.0.1:${port}`,
    health: '127.0.0.1:0',
  }
  const { settings } = await loadSettings({ env: {}, flags })
  const gateway = createGateway(settings, { keys, log: showRequest })
  try {
    return await gateway.start()
  } catch (error) {
    if (!(error instanceof ConfigError) || port === 0) throw error
    console.log('That port cannot be had; another one will do.')
    return startGateway(upstream, keys, 0)
  }
}

function end(code) {
  rmSync(folder, { recursive: true, force: true })
  return process.exit(code)
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => end(0))
// Whoever reads the output has seen enough: `npm start | head`.
process.stdout.on('error', () => end(0))

const port = wantedPort()
const masterKey = resolveMasterKey({ text: undefined, file: store.masterKeyFile, storeExists: false })
const keys = openKeyStore({ file: store.file, masterKey })
const { accessKey, secretAccessKey } = keys.create({ principal: 'demo-user' })
const credentials = { accessKeyId: accessKey.accessKeyId, secretAccessKey }
const { clients, health } = await startGateway(
  await listen(createServer((request, response) => void handleNotes(request, response))),
  keys,
  port,
)
const base = `http://${clients.host}:${clients.port}`
await demonstrate(base, credentials)
showWhatToTry(base, `http://${health?.host}:${health?.port}`, credentials)

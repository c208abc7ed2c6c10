/**
 * The first thing to run: a demo API that only signed requests get into. It sends itself a signed request and a
 * tampered one, shows every step of both, and stays up so that you can try it with curl.
 */
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { signRequest } from 'countersign'
import { explainRequest, createVerifier } from 'countersign/verify'
import { requireSignature, verifiedOf } from 'countersign/servers/node'
import { listen } from './lib/listen.mjs'
import { styled, title, indent } from './lib/terminal.mjs'
import { handleNotes } from './lib/notes-api.mjs'

const service = 'execute-api'
const region = 'us-east-1'
const credentials = {
  accessKeyId: `AKIADEMO${randomBytes(6).toString('hex').toUpperCase()}`,
  secretAccessKey: randomBytes(30).toString('base64url'),
}

const verifier = createVerifier({
  service,
  region,
  // A real server looks the key up in its store; this one knows a single key.
  secrets: (id) => (id === credentials.accessKeyId ? { ...credentials, principal: 'demo-user' } : undefined),
})
const guard = requireSignature(verifier, {
  onRefused: (error, request) =>
    console.log(styled('dim', `refused ${request.method} ${request.url}: ${error.code}`)),
})
const server = createServer((request, response) => {
  guard(request, response, (error) => {
    if (error) response.writeHead(500).end()
    else void handleNotes(verifiedOf(request), response)
  })
})

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

/** Shows what the verifier makes of a message, rule by rule. */
function showFindings(signed, url) {
  const { pathname, search } = new URL(url)
  const report = explainRequest(
    { method: signed.method, target: pathname + search, headers: signed.headers },
    { service, region, key: credentials },
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

function showCurl(base) {
  const { accessKeyId, secretAccessKey } = credentials
  title('3. Your turn')
  console.log(indent('The key lives as long as this process. In another terminal:'))
  const curl = (rest) =>
    `curl --aws-sigv4 "aws:amz:${region}:${service}" --user "${accessKeyId}:${secretAccessKey}" ${rest}`
  console.log(`\n${curl(`"${base}/notes?prefix=a"`)}`)
  console.log(`\n${curl(`-X PUT -H "content-type: text/plain" -d "hello" "${base}/notes/first"`)}`)
  console.log(`\n${indent(`Without a signature: curl -i ${base}/notes`)}`)
  console.log(`\n${indent('Ctrl-C stops the server.')}\n`)
}

async function demonstrate(base) {
  const signed = signRequest(
    { method: 'GET', url: `${base}/notes?prefix=a&limit=10` },
    { credentials, service, region },
  )
  showSteps(signed)
  title('   Verified')
  showFindings(signed, signed.url)
  showResponse(await send(signed))

  const tampered = signed.url.replace('limit=10', 'limit=1000')
  title('2. Tampered with on the way')
  console.log(indent(`${signed.method} ${tampered}\n`))
  showFindings(signed, tampered)
  showResponse(await send(signed, tampered))
  showCurl(base)
}

function wantedPort() {
  const port = Number(process.env.PORT ?? 8787)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  console.error('PORT must be a number from 0 to 65535')
  return process.exit(1)
}

async function start() {
  try {
    return await listen(server, wantedPort())
  } catch {
    console.log('That port cannot be had; another one will do.')
    return listen(server)
  }
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(0))
// Whoever reads the output has seen enough: `npm start | head`.
process.stdout.on('error', () => process.exit(0))
await demonstrate(await start())

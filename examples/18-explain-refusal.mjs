/** Asks why a server refused: a proxy on the way changed a header, and the server's own canonical request proves it. */
import { signRequest } from 'countersign'
import { explainRefusal } from 'countersign/explain'
import { createVerifier, s3Xml } from 'countersign/verify'

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const signed = signRequest(
  {
    method: 'GET',
    url: 'https://photos.s3.eu-west-1.amazonaws.com/2026/castle%20%40%20night.jpg',
    headers: { 'accept-encoding': 'identity' },
  },
  { credentials, signHeaders: 'all' },
)
const request = { method: 'GET', target: '/2026/castle%20%40%20night.jpg', headers: signed.headers }

// A CDN asks the server for gzip.
const kept = request.headers.filter(([name]) => name.toLowerCase() !== 'accept-encoding')
const verifier = createVerifier({ service: 's3', region: 'eu-west-1', secrets: () => credentials })
const error = await verifier
  .verify({ ...request, headers: [...kept, ['accept-encoding', 'gzip']] })
  .catch((refusal) => refusal)
const refusal = s3Xml(error)

const answer = { ...refusal, body: new TextEncoder().encode(refusal.body) }
const { verdicts } = explainRefusal({ request, answer })
for (const { grade, code, line, finding, fix } of verdicts) {
  console.log(`${grade}: ${code}`)
  console.log(`- ${line?.field}: ${line?.ours}\n+ ${line?.field}: ${line?.theirs}`)
  console.log(finding)
  console.log(fix)
}

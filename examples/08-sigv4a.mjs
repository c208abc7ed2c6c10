/** One URL for several regions: signed once with SigV4A, good wherever its set of regions says, and nowhere else. */
import { presignUrl } from 'countersign'
import { sigV4A } from 'countersign/sigv4a'
import { createVerifier, sigV4, VerificationError } from 'countersign/verify'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }
const url = 'https://orders.example.com/today'
const presigned = presignUrl(
  { method: 'GET', url },
  { credentials, service: 'orders', region: ['eu-*', 'us-east-1'], algorithm: sigV4A },
)
console.log(presigned.url.replace(/(Signature=.{8}).*/, '$1…'))

const message = {
  method: 'GET',
  target: presigned.url.slice('https://orders.example.com'.length),
  headers: /** @type {[string, string][]} */ ([['host', 'orders.example.com']]),
}

for (const region of ['eu-west-1', 'us-east-1', 'ap-south-1']) {
  const verifier = createVerifier({
    secrets: () => ({ ...credentials, principal: 'alice' }),
    service: 'orders',
    region,
    algorithms: [sigV4, sigV4A],
  })
  try {
    const { principal, regionSet } = await verifier.verify(message)
    console.log(`${region}: hello ${principal}, signed for ${regionSet?.join(' and ')}`)
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    console.log(`${region}: ${error.code}`)
  }
}

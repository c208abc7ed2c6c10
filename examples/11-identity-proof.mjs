/** Logs in to a server with an AWS identity: no shared secret, and the server learns nothing that it could use. */
import { createIdentityProof, verifyIdentityProof } from 'countersign/identity-proof'
import { IdentityProofError } from 'countersign/errors'

// The client. In practice the credentials are those of its role.
const { proof, expiresAt } = createIdentityProof({
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
  region: 'eu-west-1',
  audience: 'billing.example.com',
})
console.log('proof of', proof.length, 'characters, works until', expiresAt.toISOString())

// The server. STS is not asked here: this is its answer.
async function stsForThisExample() {
  const GetCallerIdentityResult = {
    Account: '123456789012',
    Arn: 'arn:aws:sts::123456789012:assumed-role/Deploy/alice',
    UserId: 'AROAEXAMPLEID:alice',
  }
  return Response.json({ GetCallerIdentityResponse: { GetCallerIdentityResult } })
}

/** @param {string} given */
async function logIn(given) {
  try {
    const { arn, sessionName } = await verifyIdentityProof(given, {
      audience: 'billing.example.com',
      fetch: stsForThisExample, // leave it out to ask STS
    })
    return arn.startsWith('arn:aws:sts::123456789012:assumed-role/Deploy/')
      ? `welcome ${sessionName}`
      : 'not you'
  } catch (error) {
    if (error instanceof IdentityProofError) return `${error.status} ${error.code}`
    throw error
  }
}

console.log(await logIn(proof))
console.log('again:', await logIn(proof))
console.log('forged:', await logIn(proof.slice(0, -4)))

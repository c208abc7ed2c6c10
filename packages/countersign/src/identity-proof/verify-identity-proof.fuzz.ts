/** Whatever is sent as a proof, or answered by STS, nothing but a refusal comes of it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IdentityProofError } from '../errors.ts'
import { createIdentityProof, verifyIdentityProof } from './index.ts'

const date = new Date('2026-11-22T12:34:56Z')
const audience = 'api.example.com'
const stsHost = 'sts.eu-west-1.amazonaws.com'
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
const made = { credentials, region: 'eu-west-1', audience, date }
const presigned = createIdentityProof(made).proof
const signed = createIdentityProof({ ...made, form: 'signed' }).proof
const url = atob(presigned.slice('k8s-aws-v1.'.length).replaceAll('-', '+').replaceAll('_', '/'))
const reply = JSON.stringify({
  GetCallerIdentityResponse: {
    GetCallerIdentityResult: {
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:user/a',
      UserId: 'AIDAX',
    },
  },
})

function wrap(text: string): string {
  return `k8s-aws-v1.${Buffer.from(text, 'latin1').toString('base64url')}`
}

/** A text with some of its characters taken out, doubled or replaced. */
function mutated(text: string): fc.Arbitrary<string> {
  const edit = fc.tuple(fc.nat(text.length), fc.nat(3), fc.string({ unit: 'binary-ascii', maxLength: 3 }))
  return fc
    .array(edit, { minLength: 1, maxLength: 4 })
    .map((edits) =>
      edits.reduce((now, [at, length, put]) => now.slice(0, at) + put + now.slice(at + length), text),
    )
}

async function verify(proof: string, answer: () => Response): Promise<boolean> {
  const options = {
    audience,
    stsHost,
    now: () => date,
    replayGuard: false,
    fetch: async () => answer(),
  } as const
  try {
    await verifyIdentityProof(proof, options)
    return true
  } catch (error) {
    if (!(error instanceof IdentityProofError)) throw error
    expect([400, 401, 503]).toContain(error.status)
    return false
  }
}

const refused = (): Response => new Response('', { status: 403 })

describe('verifyIdentityProof', () => {
  it('refuses whatever is no proof', async () => {
    const anything = fc.oneof(fc.string(), fc.json(), fc.string().map(wrap), fc.webUrl().map(wrap))
    await fc.assert(
      fc.asyncProperty(anything, async (proof) => {
        expect(await verify(proof, refused)).toBe(false)
      }),
    )
  })

  it('asks STS only about what is exactly a proof', async () => {
    const forged = fc.oneof(mutated(url).map(wrap), mutated(presigned), mutated(signed))
    await fc.assert(
      fc.asyncProperty(forged, async (proof) => {
        let asked: string | undefined
        const answer = (): Response => {
          asked = proof
          return refused()
        }
        expect(await verify(proof, answer)).toBe(false)
        if (asked?.startsWith('k8s-aws-v1.')) {
          const sent = Buffer.from(asked.slice('k8s-aws-v1.'.length), 'base64url').toString()
          const parsed = new URL(sent)
          // A URL class reads the same in it as we did.
          expect([parsed.href, parsed.pathname, parsed.host, parsed.username]).toEqual([
            sent,
            '/',
            parsed.hostname,
            '',
          ])
          expect(parsed.searchParams.getAll('Action')).toEqual(['GetCallerIdentity'])
          expect(parsed.hostname).toMatch(/^sts[.-].*\.amazonaws\.com$/)
        }
      }),
    )
  })

  it('believes no answer but the exact one', async () => {
    const answers = fc.oneof(mutated(reply), fc.string(), fc.json())
    const types = fc.constantFrom('application/json', 'text/xml')
    await fc.assert(
      fc.asyncProperty(answers, types, async (text, type) => {
        const isIn = await verify(presigned, () => new Response(text, { headers: { 'content-type': type } }))
        if (isIn) expect(Object.keys(JSON.parse(text) as object)).toEqual(['GetCallerIdentityResponse'])
      }),
    )
    expect(
      await verify(presigned, () => new Response(reply, { headers: { 'content-type': 'application/json' } })),
    ).toBe(true)
  })
})

/**
 * A hundred thousand messages, made of genuine ones of every mechanism, algorithm and payload mode and of odd words:
 * nothing comes out but verified requests and documented refusals, and what is let in means what was signed.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { uploadMessage } from '../../../../test/kit/chunked-uploads.ts'
import { sendForm, postVerifier } from '../../../../test/kit/forms.ts'
import { meaningOfS3V2, meaningOfSigV2, meaningOfV4, type MeaningOf } from '../../../../test/kit/meanings.ts'
import { NOW, presign, SECRET, signInHeader, TOKEN, type SentMessage } from '../../../../test/kit/messages.ts'
import { signS3V2InHeader, signS3V2InUrl, signSigV2Message } from '../../../../test/kit/messages-v2.ts'
import { chanceOf, jumble, mutate, type Chance } from '../../../../test/kit/mutations.ts'
import { VerificationError } from '../errors.ts'
import { sigV2Post, sigV4Post } from '../post.ts'
import { s3V2, sigV2 } from '../sigv2.ts'
import { sigV4A } from '../sigv4a.ts'
import { createVerifier, s3Xml, sigV4 } from './index.ts'

const SEED = Number(process.env['COUNTERSIGN_SEED'] ?? 20261122)
const LONG = process.env['COUNTERSIGN_LONG'] === '1'
/** Messages of each of the fourteen kinds; a long run has ten times as many. */
const EACH = (LONG ? 10 : 1) * 7200

const PAGE = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8')
const DOCUMENTED = new Set(
  [.../^## VerificationError\n([^]*?)^## /m.exec(PAGE)![1]!.matchAll(/^\| `(\w+)`/gm)].map(
    ([, code]) => code,
  ),
)

const KEYS = new Map([
  ['AKIDEXAMPLE', { secretAccessKey: SECRET, principal: 'one' }],
  // The id of a key is not signed: two keys with one secret are told apart by the token alone.
  ['ASIAEXAMPLE', { secretAccessKey: SECRET, principal: 'other', sessionToken: TOKEN }],
])
const shared = {
  region: 'us-east-1',
  algorithms: [sigV4, sigV4A, s3V2, sigV2],
  now: () => NOW,
  secrets: (id: string) => KEYS.get(id),
  streaming: { minChunk: 64, trailers: ['x-amz-checksum-sha256'] },
}
const store = createVerifier<string>({ ...shared, service: ['s3', 'execute-api'] })
const database = createVerifier<string>({ ...shared, service: 'sdb' })

const DATA = Buffer.from('0123456789abcdef'.repeat(20))
const CHECKSUM = ['x-amz-checksum-sha256', createHash('sha256').update(DATA).digest('base64')] as const
const DRAFT = {
  method: 'PUT',
  target: "/b//a%20b/./c'?b=2&a=%7E+&a",
  headers: [
    ['X-Amz-Meta-A', ' one  two '],
    ['x-amz-meta-a', 'three'],
  ],
  body: 'hello',
} as const
const TEMPORARY = { accessKeyId: 'ASIAEXAMPLE', sessionToken: TOKEN }
const V2_HEADERS = [
  ['content-type', 'text/plain'],
  ['x-amz-acl', 'private'],
] as const

interface Kind {
  readonly name: string
  readonly genuine: readonly SentMessage[]
  readonly meaningOf: MeaningOf
  readonly verifier?: typeof store
  /** What comes out of every body that is let in. */
  readonly data?: Uint8Array
}

const KINDS: readonly Kind[] = [
  ...(['s3', 'execute-api'] as const).flatMap((service) =>
    [false, true].map((isSigV4A): Kind => {
      const [draft, temporary] = [
        { ...DRAFT, service, isSigV4A },
        { service, isSigV4A, ...TEMPORARY },
      ]
      return {
        name: `${isSigV4A ? 'SigV4A' : 'SigV4'} in a header for ${service}`,
        genuine: [signInHeader(draft), signInHeader(temporary), signInHeader({ ...draft, ...temporary })],
        meaningOf: meaningOfV4,
        data: Buffer.from('hello'),
      }
    }),
  ),
  ...[false, true].map((isSigV4A): Kind => {
    const draft = { ...DRAFT, body: undefined, isSigV4A }
    return {
      name: `${isSigV4A ? 'SigV4A' : 'SigV4'} in a URL`,
      genuine: [
        presign(draft),
        presign({ ...draft, ...TEMPORARY }),
        presign({ ...draft, service: 'execute-api' }),
      ],
      meaningOf: meaningOfV4,
    }
  }),
  ...[{}, { trailers: [CHECKSUM] }, { trailers: [CHECKSUM], isSigned: false }].map((mode): Kind => ({
    name: `chunks with ${JSON.stringify(Object.keys(mode))}`,
    genuine: [uploadMessage({ data: DATA, chunkSize: 128, ...mode })],
    meaningOf: meaningOfV4,
    data: DATA,
  })),
  {
    name: 'version 2 of S3 in a header',
    genuine: [
      signS3V2InHeader({ headers: V2_HEADERS, target: '/b/k?acl' }),
      signS3V2InHeader({ target: '/b/a%20b?versionId=1', unsigned: [['x-other', 'a']] }),
    ],
    meaningOf: meaningOfS3V2,
  },
  {
    name: 'version 2 of S3 in a URL',
    genuine: [
      signS3V2InUrl({ target: '/b/k?acl', date: String(NOW.getTime() / 1000 + 60) }),
      signS3V2InUrl(),
    ],
    meaningOf: meaningOfS3V2,
  },
  {
    name: 'version 2 of the query APIs',
    genuine: [
      signSigV2Message({ parameters: { Name: 'a b' } }),
      signSigV2Message({ method: 'POST', hash: 'sha1', parameters: { 'A.1': 'é+', a: '' } }),
    ],
    meaningOf: meaningOfSigV2,
    verifier: database,
  },
]

const WORDS = KINDS.flatMap(({ genuine }) => genuine).flatMap(({ target, headers }) => [
  ...target.split(/[?&=]/),
  ...headers.flat().flatMap((text) => [text, ...text.split(/[ ,=;/]/)]),
])

/** The code of a refusal; anything else that was thrown is thrown on, with the message that led to it. */
function expectDocumented(error: unknown, message: SentMessage): string {
  if (!(error instanceof VerificationError) || !DOCUMENTED.has(error.code)) {
    throw new Error(`Not a documented refusal of ${show(message)}`, { cause: error })
  }
  const { status, body } = s3Xml(error)
  if (status < 400 || `${error.message}${body}`.includes(SECRET))
    throw new Error(`Said too much of ${show(message)}`)
  return error.code
}

function show({ body, ...rest }: SentMessage): string {
  return JSON.stringify({ ...rest, body: body && Buffer.from(body).toString('latin1') })
}

async function* inPieces(body: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size)
}

/** Verifies and reads to the end; `undefined` for a refusal, whose code is counted. */
async function letIn(
  { verifier = store }: Pick<Kind, 'verifier'>,
  message: SentMessage,
  chance: Chance,
  codes: Map<string, number>,
): Promise<Buffer | undefined> {
  try {
    const { body: given } = message
    const isPiecewise = given !== undefined && chance.below(4) === 0
    const body = isPiecewise ? inPieces(given, 1 + chance.below(200)) : given
    const verified = await verifier.verify({ ...message, body })
    const pieces: Uint8Array[] = []
    for await (const piece of verified.body ?? []) pieces.push(piece)
    return Buffer.concat(pieces)
  } catch (error) {
    const code = expectDocumented(error, message)
    codes.set(code, (codes.get(code) ?? 0) + 1)
    return undefined
  }
}

describe(`any message (COUNTERSIGN_SEED=${SEED})`, { timeout: LONG ? 1_200_000 : 120_000 }, () => {
  it.each(KINDS.map((kind) => [kind.name, kind] as const))('%s, changed', async (_, kind) => {
    const chance = chanceOf(SEED)
    const all = KINDS.flatMap(({ genuine }) => genuine)
    const codes = new Map<string, number>()
    let same = 0
    for (const message of kind.genuine)
      expect(await letIn(kind, message, chance, codes), show(message)).toBeDefined()
    for (let round = 0; round < EACH; round++) {
      const message = chance.pick(kind.genuine)
      const changed = mutate(message, chance, chance.pick(all))
      const data = await letIn(kind, changed, chance, codes)
      if (data === undefined) continue
      same += 1
      const meaning = kind.meaningOf(changed)
      if (!kind.genuine.some((each) => kind.meaningOf(each) === meaning)) {
        throw new Error(`Let in, and means something else: ${show(changed)}\nsigned: ${show(message)}`)
      }
      if (kind.data && data.length > 0 && !data.equals(kind.data))
        throw new Error(`Let in with another body: ${show(changed)}`)
    }
    // Blanks around values, the order of headers and escapes change no meaning: a test that lets nothing in shows nothing.
    expect(same).toBeGreaterThan(EACH / 100)
    expect(codes.get('SIGNATURE_MISMATCH')).toBeGreaterThan(EACH / 50)
    expect(codes.size).toBeGreaterThan(8)
  })

  it('of odd words', async () => {
    const chance = chanceOf(SEED)
    const codes = new Map<string, number>()
    for (let round = 0; round < EACH; round++) {
      const message = jumble(WORDS, chance)
      const data = await letIn({ verifier: chance.pick([store, database]) }, message, chance, codes)
      if (data !== undefined) throw new Error(`Let in: ${show(message)}`)
    }
    expect(codes.size).toBeGreaterThan(5)
  })

  it('that is an upload form, changed', async () => {
    const chance = chanceOf(SEED)
    const verifier = postVerifier({ algorithms: [sigV4Post, sigV2Post] })
    const draft = {
      keyCondition: { key: 'user/eric/a.txt' },
      fields: [['acl', 'private']] as const,
      conditions: [{ acl: 'private' }, ['content-length-range', 0, 20]],
    }
    const message = sendForm(draft) as SentMessage & { bucket: string }
    const codes = new Map<string, number>()
    let same = 0
    for (let round = 0; round < EACH; round++) {
      const changed = { ...mutate(message, chance, message), bucket: 'uploads' }
      try {
        const { key, bucket, fields, accessKeyId, file } = await verifier.verify(changed)
        let length = 0
        for await (const piece of file) length += piece.length
        expect([key, bucket, accessKeyId, [...fields]]).toEqual([
          'user/eric/a.txt',
          'uploads',
          'AKIDEXAMPLE',
          [['acl', 'private']],
        ])
        expect(length).toBeLessThanOrEqual(20)
        same += 1
      } catch (error) {
        const code = expectDocumented(error, changed)
        codes.set(code, (codes.get(code) ?? 0) + 1)
      }
    }
    expect(same).toBeGreaterThan(EACH / 100)
    expect(codes.size).toBeGreaterThan(5)
  })
})

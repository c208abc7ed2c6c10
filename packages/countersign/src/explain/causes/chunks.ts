/**
 * Causes in the payload: bodies in chunks.
 *
 * @module
 */
import {
  parseSignature,
  signatureWidth,
  X_AMZ_DECODED_CONTENT_LENGTH,
  X_AMZ_TRAILER,
} from '../../core/chunk-framing.ts'
import { ChunkChain } from '../../core/chunk-chain.ts'
import { X_AMZ_CONTENT_SHA256 } from '../../core/names.ts'
import { parseStreamingMode, UNSIGNED_TRAILER } from '../../core/streaming-mode.ts'
import type { Case } from '../case.ts'
import type { Cause, Finding } from '../cause.ts'
import { readChunkFrames, type ChunkFrames } from '../chunk-frames.ts'
import { firstValue } from '../signature-claim.ts'

function viewOf({ wire, request }: Case): Case['request'] {
  return wire ?? request
}

/** The first thing that is wrong with the frames. */
function frameFault(evidence: Case, frames: ChunkFrames): string | undefined {
  const { headers } = viewOf(evidence)
  const mode = parseStreamingMode(firstValue(headers, X_AMZ_CONTENT_SHA256))
  const { chunks, trailers, fault } = frames
  if (fault) return `at byte ${fault.offset} of the body, ${fault.reason}`
  const unsigned = mode?.algorithm ? chunks.find(({ signature }) => signature === '') : undefined
  if (unsigned) return `the chunk at byte ${unsigned.offset} has no signature`
  const announced = firstValue(headers, X_AMZ_DECODED_CONTENT_LENGTH)
  const length = chunks.reduce((sum, { data }) => sum + data.length, 0)
  if (announced && Number(announced) !== length) {
    return `${X_AMZ_DECODED_CONTENT_LENGTH} says ${announced}, and the chunks hold ${length} bytes`
  }
  const listed = firstValue(headers, X_AMZ_TRAILER)
    .toLowerCase()
    .split(/\s*,\s*/)
  const stray = trailers.map((line) => line.split(':')[0] ?? '').find((name) => !isListed(name, listed))
  if (stray) return `the trailer ${stray} is not listed in ${X_AMZ_TRAILER}`
  return brokenLink(evidence, frames)
}

function isListed(name: string, listed: readonly string[]): boolean {
  return listed.includes(name.toLowerCase()) || name === 'x-amz-trailer-signature'
}

/** The first chunk whose signature does not follow from the one before, with the key at hand. */
function brokenLink({ oracle, request, hashBody }: Case, { chunks }: ChunkFrames): string | undefined {
  const { claim } = request
  if (!oracle || !claim) return undefined
  const { algorithm, amzDate, scope, signature: seed } = claim
  const chain = new ChunkChain({ algorithm, amzDate, scopeText: scope, signature: seed })
  for (const { data, signature: written, offset } of chunks) {
    const signature = parseSignature(written, signatureWidth(algorithm))
    if (signature === '') return undefined
    if (!oracle.isSignatureOf(chain.buildChunk(hashBody(data)), signature)) {
      return `the signature of the chunk at byte ${offset} is not that of its ${data.length} bytes`
    }
    chain.advance(signature)
  }
  return undefined
}

const FRAMING_ERRORS = /^(?:IncompleteBody|InvalidChunkSizeError|MalformedTrailerError)$/

const framing: Cause = {
  id: 'M84g',
  code: 'chunk-framing',
  title: 'The chunks of the body, or what the headers say of them, do not fit',
  family: 'payload',
  fix: 'Frame each chunk as size, signature and data, end with the chunk of size 0, and give the decoded length.',
  detect: (evidence) => {
    const { headers, body } = viewOf(evidence)
    const isChunked = parseStreamingMode(firstValue(headers, X_AMZ_CONTENT_SHA256)) !== undefined
    const { answer } = evidence
    const isStated = FRAMING_ERRORS.test(answer?.code ?? '')
    const fault = isChunked && body ? frameFault(evidence, readChunkFrames(body)) : undefined
    const findings: Finding[] = []
    const { fix } = framing
    if (fault)
      findings.push({
        grade: isStated ? 'stated' : 'likely',
        finding: `The chunks do not fit: ${fault}.`,
        fix,
      })
    else if (isStated)
      findings.push({ grade: 'stated', finding: `The server says: ${answer?.message ?? answer?.code}`, fix })
    return findings
  },
  signedInstead: (received, evidence) =>
    evidence
      .payloadGuesses()
      .guesses.filter(({ kind, hash }) => kind === 'framing' && hash !== received.payloadHash)
      .map(({ hash: payloadHash, note }) => ({ payloadHash, note })),
}

const trailerUnknown: Cause = {
  id: 'M84h',
  code: 'trailer-unknown',
  title: 'The server, or a proxy, does not know uploads with a trailing checksum',
  family: 'payload',
  fix: 'Set AWS_REQUEST_CHECKSUM_CALCULATION=when_required as a stop-gap, or hash the body whole.',
  detect: (evidence) => {
    const told = firstValue(viewOf(evidence).headers, X_AMZ_CONTENT_SHA256)
    if (!told.endsWith('-TRAILER')) return []
    const { code = '', message = '', status = 0 } = evidence.answer ?? {}
    const isOdd = /invalid header|not implemented|x-amz-content-sha256|not supported/i.test(
      `${message} ${code}`,
    )
    if (status === 501 || isOdd) {
      return [
        { grade: 'likely', finding: `The server refuses the payload mode ${told}.`, fix: trailerUnknown.fix },
      ]
    }
    return told === UNSIGNED_TRAILER && code === 'XAmzContentSHA256Mismatch'
      ? [{ grade: 'likely', finding: `The server took ${told} for a hash.`, fix: trailerUnknown.fix }]
      : []
  },
}

const noLength: Cause = {
  id: 'M84i',
  code: 'no-length',
  title: 'The body was sent without a length',
  family: 'payload',
  fix: 'Send Content-Length: S3 takes no transfer-encoding of chunks, and needs the length up front.',
  detect: ({ answer, request, wire }) => {
    const { headers } = wire ?? request
    const isChunked = /\bchunked\b/i.test(firstValue(headers, 'transfer-encoding'))
    const hasLength = headers.some(([name]) => name === 'content-length')
    const { fix } = noLength
    if (answer?.status === 411 || answer?.code === 'MissingContentLength') {
      return [{ grade: 'stated', finding: 'The server asks for a Content-Length.', fix }]
    }
    if (!isChunked || hasLength) return []
    const grade = answer?.code === 'NotImplemented' || answer?.status === 501 ? 'likely' : 'possible'
    return [
      { grade, finding: 'The body was sent with Transfer-Encoding: chunked, and without a length.', fix },
    ]
  },
}

/** The causes, the commonest first. */
export const CHUNKS: readonly Cause[] = [framing, trailerUnknown, noLength]

/**
 * The stores that every client is tried on. They hold the same objects, and differ in what they take.
 *
 * @module
 */
import { s3V2 } from '../../packages/countersign/src/sigv2.ts'
import { sigV4, type VerificationErrorCode } from '../../packages/countersign/src/verify/index.ts'
import { createCertificate, type Certificate } from './certificate.ts'
import { startStore, type Store } from './s3-store.ts'
import { createContents } from './store/contents.ts'

/** The region of the stores, which is not the one that clients fall back on. */
export const REGION = 'eu-central-1'
/** The key that they know. */
export const KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
/** Keys that are refused. */
export const WRONG_SECRET = { ...KEY, secretAccessKey: 'wrong' }
export const UNKNOWN_KEY = { ...KEY, accessKeyId: 'AKIDUNKNOWN' }

/** What a client is told beside its command. */
export interface Task {
  readonly store?: Store
  readonly key?: typeof KEY
  /** What it reads from its input. */
  readonly input?: string | Uint8Array
}

const TWENTY_MINUTES = 20 * 60_000

/** The stores. */
export interface Stores {
  /** Takes version 4. */
  readonly store: Store
  /** Takes version 2 of S3, too. */
  readonly older: Store
  /** Its clock is 20 minutes ahead of the client's. */
  readonly ahead: Store
  /** Listens for TLS. */
  readonly secure: Store
  /** That of `secure`. */
  readonly certificate: Certificate
  readonly objects: Store['objects']
  /** The causes of all refusals since it was asked last. */
  takeRefused(): VerificationErrorCode[]
  close(): Promise<void>
}

/** Starts the stores. */
export async function startStores(): Promise<Stores> {
  const contents = createContents(REGION)
  const secrets = (id: string): typeof KEY | undefined => (id === KEY.accessKeyId ? KEY : undefined)
  const common = { contents, service: 's3', region: REGION, secrets }
  const certificate = await createCertificate()
  const [store, older, ahead, secure] = await Promise.all([
    startStore(common),
    startStore({ ...common, algorithms: [sigV4, s3V2] }),
    startStore({ ...common, now: () => new Date(Date.now() + TWENTY_MINUTES) }),
    startStore({ ...common, tls: certificate }),
  ])
  const all = [store, older, ahead, secure]
  return {
    store,
    older,
    ahead,
    secure,
    certificate,
    objects: contents.objects,
    takeRefused: () => all.flatMap(({ refused }) => refused.splice(0).map(({ code }) => code)),
    async close() {
      await Promise.all(all.map(async (server) => server.close()))
      certificate.remove()
    },
  }
}

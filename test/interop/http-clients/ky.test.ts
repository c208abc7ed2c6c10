/** ky: 1 on Node 20, 2 on Node 24. */
import { createSignedKy } from '../../../packages/countersign/src/adapters/ky.ts'
import { importClient } from './import-client.ts'
import { sendWithKy } from './send-with-ky.ts'
import { tryHttpClient } from './try-http-client.ts'

const { default: ky } = await importClient<typeof import('ky')>('ky')
tryHttpClient('ky', (signer, options) => sendWithKy(createSignedKy(ky, signer, options)))

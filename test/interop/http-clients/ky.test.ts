/** ky 1, the newest that runs on Node 20. */
import ky from 'ky'
import { createSignedKy } from '../../../packages/countersign/src/adapters/ky.ts'
import { sendWithKy } from './send-with-ky.ts'
import { tryHttpClient } from './try-http-client.ts'

tryHttpClient('ky', (signer, options) => sendWithKy(createSignedKy(ky, signer, options)))

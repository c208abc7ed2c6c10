/**
 * The objects of the Python libraries, and errors and keys as they look in logs.
 *
 * @module
 */
import { SigningKey } from 'countersign'
import { AWS4Auth, AWS4SigningKey, StrictAWS4Auth } from 'countersign/aws4auth'
import { CREDENTIALS, DATE } from './inputs.ts'
import { outcomeOf } from './output.ts'
import type { Case } from './suite.ts'

const { accessKeyId, secretAccessKey } = CREDENTIALS
const URL_OF_DAY = 'https://example.amazonaws.com/a?b=1'
const signed = (auth: AWS4Auth, date: string): unknown =>
  auth.sign({ method: 'GET', url: URL_OF_DAY, headers: { 'x-amz-date': date } })

/** All of them. */
export function aws4authCases(): Case[] {
  return [
    {
      name: 'AWS4Auth: the day of the request',
      run: async () => {
        const key = new AWS4SigningKey(secretAccessKey, 'us-east-1', 'orders', DATE)
        const strict = new StrictAWS4Auth(accessKeyId, key)
        const usual = new AWS4Auth(accessKeyId, secretAccessKey, 'us-east-1', 'orders')
        return [
          await outcomeOf(() => signed(usual, '20261122T000000Z')),
          await outcomeOf(() => signed(usual, 'Sun, 22 Nov 2026 12:34:56 GMT')),
          await outcomeOf(() => signed(strict, '20261121T235959Z')),
          key.scope,
        ]
      },
    },
    {
      name: 'a signing key shows nothing of itself',
      run: () => {
        const key = SigningKey.derive(secretAccessKey, { date: DATE, region: 'us-east-1', service: 's3' })
        return [JSON.stringify(key), Object.keys(key), key.scope]
      },
    },
  ]
}

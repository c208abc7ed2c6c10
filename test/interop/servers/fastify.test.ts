import Fastify from 'fastify'
import { expect, it } from 'vitest'
import { requireSignature } from '../../../packages/countersign/src/servers/fastify.ts'
import { createVerifier } from '../../../packages/countersign/src/verify/index.ts'
import { exchangeBytes } from '../../kit/servers.ts'
import { CREDENTIALS, signedText } from './signed-text.ts'

// An answer that waits for such hooks is not sent yet when the next steps of a request would be due.
it('Fastify runs no handler of a refused request, however long its answer takes', async () => {
  const served: string[] = []
  const verifier = createVerifier({ service: 's3', region: 'us-east-1', secrets: async () => CREDENTIALS })
  const app = Fastify()
  app.addHook('preParsing', requireSignature(verifier))
  app.addHook('onSend', async () => new Promise<void>((resolve) => setTimeout(resolve, 20)))
  app.get('*', (request) => {
    served.push(request.url)
    return 'in'
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const refused = await exchangeBytes(port, signedText({ path: '/b/k' }).replace('/b/k', '/b/l'))
  const good = await exchangeBytes(port, signedText({ path: '/b/k' }))
  await app.close()
  expect([refused.text.slice(9, 12), good.text.slice(9, 12), served]).toEqual(['403', '200', ['/b/k']])
})

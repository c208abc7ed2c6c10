import { signRequest } from 'countersign'
import { expect, it } from 'vitest'
import { KEY, startGateway } from './running-gateway.ts'

it('the regions that clients make up, where all are served, do not fill the memory', async () => {
  const running = await startGateway({ region: ['*'] })
  const scope = { service: 'execute-api', credentials: KEY }
  for (let i = 0; i < 1010; i += 1) {
    const signed = signRequest(
      { method: 'GET', url: `${running.origin}/` },
      { ...scope, region: `made-up-${i}` },
    )
    const answer = await fetch(signed.url, signed)
    await answer.text()
  }
  const metrics = await (await fetch(`${running.healthOrigin}/metrics`)).text()
  await running.close()
  const counted = metrics.match(/^countersign_requests_total\{.*$/gm) ?? []
  expect(counted).toHaveLength(1001)
  expect(counted).toContain('countersign_requests_total{service="other",region="other",code="200"} 10')
})

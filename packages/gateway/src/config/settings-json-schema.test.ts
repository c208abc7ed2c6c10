/**
 * `schema/gateway.schema.json` is for editors: a configuration file that begins with
 * `# yaml-language-server: $schema=…/gateway.schema.json` is checked and completed while it is written.
 *
 * It is made of the schema that the gateway itself uses. To write it anew:
 *
 *     COUNTERSIGN_WRITE_SCHEMA=1 npx vitest run packages/gateway/src/config/settings-json-schema.test.ts
 *     npx oxfmt packages/gateway/schema
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { buildSettingsJsonSchema } from './given-settings.ts'

const FILE = new URL('../../schema/gateway.schema.json', import.meta.url)

it('schema/gateway.schema.json is that of the gateway', () => {
  const schema = JSON.stringify(buildSettingsJsonSchema(), undefined, 2)
  if (process.env['COUNTERSIGN_WRITE_SCHEMA'] === '1') writeFileSync(FILE, `${schema}\n`)
  expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(JSON.parse(schema))
})

it('has every setting, with its meaning', () => {
  const { properties = {} } = buildSettingsJsonSchema()
  expect(Object.keys(properties)).toHaveLength(25)
  for (const [name, property] of Object.entries(properties)) {
    expect(property, name).toMatchObject({ description: expect.stringMatching(/\w/) })
  }
})

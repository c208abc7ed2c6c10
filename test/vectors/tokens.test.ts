/**
 * Tokens as tests of AWS's SDKs and of other tools state them. Reads tokens.json.
 */
import { describe, expect, it } from 'vitest'
import { buildCanonicalRequest } from '../../packages/countersign/src/core/canonical-request.ts'
import { buildStringToSign } from '../../packages/countersign/src/core/string-to-sign.ts'
import { bytesOfHex, utf8 } from '../../packages/countersign/src/core/bytes.ts'
import { defaultSha256 } from '../../packages/countersign/src/crypto/default-sha256.ts'
import {
  createCodeCommitToken,
  createDsqlToken,
  createIotToken,
  createRdsToken,
  createSesSmtpToken,
} from '../../packages/countersign/src/tokens/index.ts'
import { describeVectors, expectCases, loadVectors } from '../kit/vectors.ts'

interface Steps {
  readonly canonicalRequest: string
  readonly stringToSign: string
  readonly signature: string
}

interface TokenCase {
  readonly kind: string
  readonly name: string
  readonly credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
  readonly region: string
  readonly keyRegion?: string
  readonly service: string
  readonly timestamp: string
  readonly request: { readonly target: string; readonly headers: readonly [[string, string]] }
  readonly token?: string
  readonly header?: Steps
  readonly query?: Steps & { readonly expiresInSeconds: number }
}

interface SmtpCase {
  readonly version: number
  readonly secretAccessKey: string
  readonly region?: string
  readonly password: string
}

/** Cases that cannot come out of the library, with the reason; their steps are recomputed below it. */
const NOT_MADE: ReadonlyMap<string, string> = new Map(
  [
    'IoT MQTT over WebSocket',
    'IoT MQTT over WebSocket, session token',
    'IoT MQTT over WebSocket, port 9999',
  ].map((name) => [name, 'raw blanks in the key id, two different regions, no X-Amz-Expires']),
)

/** The parameters of a token in the order of their names: the wire's order is each maker's own. */
function sorted(token: string): string[] {
  const [address = '', query = ''] = token.split('?')
  return [address, ...query.split('&').toSorted()]
}

function hmac(key: Uint8Array, text: string): string {
  return defaultSha256().hmacKey(key).signHex(text)
}

function dateOf(timestamp: string): Date {
  return new Date(timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z?$/, '$1-$2-$3T$4:$5:$6Z'))
}

describeVectors('tokens.json', () => {
  const file = loadVectors<{ cases: TokenCase[]; smtp: SmtpCase[] }>('tokens.json')
  const ofKind = (kind: string): readonly TokenCase[] =>
    expectCases(file.cases.filter((one) => one.kind === kind))

  it('holds the cases that are used here, and no others', () => {
    const kinds = ['rds', 'dsql', 'codecommit', 'iot-mqtt-websocket'].map((kind) => ofKind(kind).length)
    expect(kinds).toEqual([4, 4, 2, 3])
    expect([file.cases.length, file.smtp.length]).toEqual([13, 6])
    expect(ofKind('iot-mqtt-websocket').map(({ name }) => name)).toEqual([...NOT_MADE.keys()])
  })

  it.each(ofKind('rds'))('$name', ({ credentials, timestamp, request, query, token }) => {
    const [hostname = '', port] = request.headers[0][1].split(':')
    const username = new URLSearchParams(request.target.slice(2)).get('DBUser')!
    const made = createRdsToken({
      credentials,
      // One of the hosts is not that of a database, and so tells nothing.
      region: 'us-east-1',
      hostname,
      port: Number(port),
      username,
      date: dateOf(timestamp),
    })
    expect(sorted(made.token)).toEqual(sorted(token!))
    expect(made.token).toContain(query!.signature)
  })

  it.each(ofKind('dsql'))('$name', ({ credentials, timestamp, request, query, token }) => {
    const made = createDsqlToken({
      credentials,
      hostname: request.headers[0][1],
      admin: request.target.endsWith('DbConnectAdmin'),
      expiresIn: query!.expiresInSeconds,
      date: dateOf(timestamp),
    })
    expect(sorted(made.token)).toEqual(sorted(token!))
  })

  it.each(ofKind('codecommit'))('$name', ({ credentials, timestamp, request, header }) => {
    const { username, token } = createCodeCommitToken({
      credentials,
      hostname: request.headers[0][1],
      repository: request.target.split('/').at(-1)!,
      date: dateOf(timestamp),
    })
    const { accessKeyId, sessionToken } = credentials
    expect(token).toBe(`${timestamp}Z${header!.signature}`)
    expect(username).toBe(sessionToken === undefined ? accessKeyId : `${accessKeyId}%${sessionToken}`)
  })

  describe.each(ofKind('iot-mqtt-websocket'))('$name', (one) => {
    const { credentials, region, keyRegion = '', service, timestamp, request, query } = one
    const host = request.headers[0][1]

    it(`is not made (${NOT_MADE.get(one.name)}), but its steps come out`, () => {
      const canonicalQuery = query!.canonicalRequest.split('\n')[2]!
      const headers = { lines: `host:${host}\n`, names: ['host'], signedHeaders: 'host' }
      const hash = defaultSha256().hashHex('')
      const canonicalRequest = buildCanonicalRequest('GET', '/mqtt', canonicalQuery, headers, hash)
      expect(canonicalRequest).toBe(query!.canonicalRequest)
      const day = timestamp.slice(0, 8)
      const stringToSign = buildStringToSign(
        'AWS4-HMAC-SHA256',
        timestamp,
        `${day}/${region}/${service}/aws4_request`,
        defaultSha256().hashHex(canonicalRequest),
      )
      expect(stringToSign).toBe(query!.stringToSign)
      let key = utf8(`AWS4${credentials.secretAccessKey}`)
      for (const part of [day, keyRegion, service, 'aws4_request']) key = bytesOfHex(hmac(key, part))
      expect(hmac(key, stringToSign)).toBe(query!.signature)
    })

    it('has its parts where ours has them: host with port, and the session token last, unsigned', () => {
      const [hostname = '', port = '443'] = host.split(':')
      const { token } = createIotToken({
        credentials: { ...credentials, accessKeyId: 'AKIDEXAMPLE' },
        region: 'eu-west-1',
        hostname,
        port: Number(port),
        date: dateOf(timestamp),
      })
      const names = (url: string): string[] => url.split(/[?&]/).map((part) => part.split('=')[0]!)
      expect(names(token).filter((name) => name !== 'X-Amz-Expires')).toEqual(names(one.token!))
      expect(token.split('X-Amz-Security-Token=')[1]).toBe(one.token!.split('X-Amz-Security-Token=')[1])
    })
  })

  it.each(file.smtp.filter(({ version }) => version === 4))('SMTP in $region of $secretAccessKey', (one) => {
    const { secretAccessKey, region = '', password } = one
    const { token } = createSesSmtpToken({
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey },
      region,
    })
    expect(token).toBe(password)
  })

  it.each(file.smtp.filter(({ version }) => version === 2))(
    'SMTP of $secretAccessKey in version 2, which is bound to no region, and not made',
    ({ secretAccessKey, password }) => {
      const signature = hmac(utf8(secretAccessKey), 'SendRawEmail')
      expect(Buffer.from(`02${signature}`, 'hex').toString('base64')).toBe(password)
    },
  )
})

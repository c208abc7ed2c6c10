/**
 * An STS on loopback that gives out temporary keys: it verifies who asks, as any server does, and knows the keys that
 * it gave, for a verifier of what is signed with them.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'
import {
  createVerifier,
  queryXml,
  VerificationError,
  type Found,
} from '../../packages/countersign/src/verify/index.ts'
import { startServer } from './servers.ts'

/** Who may ask. */
export const CALLER = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of at least 30 characters' }

/** What is answered. */
export interface StsAnswer {
  readonly status: number
  readonly body: string
}

/** A question as it came. */
export interface Question {
  readonly parameters: Readonly<Record<string, string>>
  /** Access key id of the signature; empty when there is none. */
  readonly caller: string
  readonly headers: IncomingMessage['headers']
}

/** The server. */
export interface RoleServer {
  readonly origin: string
  readonly asked: Question[]
  /** Most questions that were open at the same time. */
  mostAtOnce: number
  /** Seconds that keys live. */
  lifetime: number
  /** Answers in the place of STS, when set. */
  answer: ((question: Question) => StsAnswer | Promise<StsAnswer>) | undefined
  /** Look-up of the keys that were given out, for a verifier. */
  readonly find: (accessKeyId: string) => Found<string> | undefined
  close(): Promise<void>
}

/** The answer to an action, indented as STS does. */
export function credentialsReply(action: string, parts: Readonly<Record<string, string>>): StsAnswer {
  const elements = Object.entries(parts).map(([name, text]) => `      <${name}>${text}</${name}>\n`)
  const body = `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <${action}Result>
    <AssumedRoleUser>
      <AssumedRoleId>AROAEXAMPLE:session</AssumedRoleId>
      <Arn>arn:aws:sts::123456789012:assumed-role/reader/session</Arn>
    </AssumedRoleUser>
    <Credentials>
${elements.join('')}    </Credentials>
    <PackedPolicySize>6</PackedPolicySize>
  </${action}Result>
  <ResponseMetadata>
    <RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId>
  </ResponseMetadata>
</${action}Response>
`
  return { status: 200, body }
}

/** A refusal of STS. */
export function refusalReply(status: number, code: string, message: string): StsAnswer {
  return {
    status,
    body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Error>
    <Type>Sender</Type>
    <Code>${code}</Code>
    <Message>${message}</Message>
  </Error>
  <RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId>
</ErrorResponse>
`,
  }
}

/** Starts the server. */
export async function startRoleServer(now: () => Date = () => new Date()): Promise<RoleServer> {
  const verifier = createVerifier({
    secrets: (id) => (id === CALLER.accessKeyId ? CALLER : undefined),
    service: 'sts',
    region: '*',
    now,
  })
  const given = new Map<string, Found<string>>()
  let open = 0

  function give(action: string): StsAnswer {
    const number = given.size + 1
    const id = `ASIAROLE${number}`
    const end = new Date(now().getTime() + sts.lifetime * 1000)
    given.set(id, {
      secretAccessKey: `secret ${number}`,
      sessionToken: `token/${number}`,
      notAfter: end,
      principal: id,
    })
    return credentialsReply(action, {
      AccessKeyId: id,
      SecretAccessKey: `secret ${number}`,
      SessionToken: `token/${number}`,
      Expiration: end.toISOString(),
    })
  }

  async function readQuestion(request: IncomingMessage): Promise<Question> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const parameters = Object.fromEntries(new URLSearchParams(body.toString()))
    const { headers } = request
    if (parameters['Action'] === 'AssumeRoleWithWebIdentity') return { parameters, caller: '', headers }
    const pairs = request.rawHeaders.flatMap((text, index): [string, string][] =>
      index % 2 === 0 ? [[text, request.rawHeaders[index + 1] ?? '']] : [],
    )
    const message = { method: request.method ?? '', target: request.url ?? '', headers: pairs, body }
    return { parameters, caller: (await verifier.verify(message)).accessKeyId, headers }
  }

  async function reply(request: IncomingMessage): Promise<StsAnswer> {
    try {
      const question = await readQuestion(request)
      sts.asked.push(question)
      return sts.answer ? await sts.answer(question) : give(question.parameters['Action'] ?? '')
    } catch (error) {
      if (error instanceof VerificationError) return queryXml(error)
      throw error
    }
  }

  const server = await startServer((request, response) => {
    sts.mostAtOnce = Math.max(sts.mostAtOnce, ++open)
    void reply(request)
      .then(({ status, body }) => response.writeHead(status, { 'content-type': 'text/xml' }).end(body))
      .finally(() => open--)
  })
  const sts: RoleServer = {
    origin: server.origin,
    asked: [],
    mostAtOnce: 0,
    lifetime: 3600,
    answer: undefined,
    find: (id) => given.get(id),
    close: server.close,
  }
  return sts
}

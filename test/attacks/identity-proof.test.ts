/**
 * Attacks with proofs of identity, refused before STS is asked: row B19, the envelope, the host, the action and the audience.
 */
import { describe, expect, it } from 'vitest'
import { createIdentityProof } from '../../packages/countersign/src/identity-proof/index.ts'
import { presignUrl } from '../../packages/countersign/src/index.ts'
import { createEksToken, createVaultToken } from '../../packages/countersign/src/tokens/index.ts'
import { xmlReply } from '../kit/sts-server.ts'
import {
  NOW,
  HOST,
  region,
  audience,
  credentials,
  ALICE,
  presigned,
  signed,
  CALL,
  urlOf,
  wrap,
  changed,
  pack,
  repacked,
  verify,
  expectRefused,
  presignedFor,
  signedFor,
  sts,
} from '../kit/identity-proofs.ts'

describe('what is let in', () => {
  it.each([
    ['presigned', presigned],
    ['signed', signed],
    [
      'signed, as Go writes headers',
      repacked(({ headers }) => {
        for (const name of Object.keys(headers)) headers[name] = [headers[name]]
      }),
    ],
    [
      'signed, with a length and an agent',
      pack(signedFor({ headers: { 'content-length': '43', 'user-agent': 'x/1' } })),
    ],
    [
      'signed, with headers that are neither signed nor sent on',
      repacked(({ headers }) => {
        headers['Accept'] = '*/*'
      }),
    ],
  ])('a proof that is %s', async (_, proof) => {
    expect(await verify(proof)).toEqual({ ...ALICE, sessionName: 'alice' })
    expect(sts.asked).toHaveLength(1)
  })

  it('goes to STS as it was signed, with no header more than needed', async () => {
    await verify(presigned)
    const [get] = sts.asked
    expect(get).toMatchObject({
      method: 'GET',
      target: urlOf(presigned).slice(`https://${HOST}`.length),
      body: '',
    })
    expect(get!.headers).toMatchObject({
      host: HOST,
      'x-countersign-audience': audience,
      accept: 'application/json',
    })
    await verify(
      repacked(({ headers }) => {
        headers['x-other'] = 'secret of somebody'
      }),
    )
    const [, post] = sts.asked
    expect(post).toMatchObject({ method: 'POST', target: '/', body: CALL })
    expect(post!.headers).toMatchObject({ host: HOST, accept: 'application/json', 'content-length': '43' })
    expect(post!.headers['content-type']).toBe('application/x-www-form-urlencoded; charset=utf-8')
    expect(post!.headers['x-other']).toBeUndefined()
  })

  it('is also a token of EKS, and a login to Vault', async () => {
    const token = createEksToken({ credentials, region, clusterName: audience, date: NOW })
    expect(await verify(token.token, { audienceHeader: 'X-K8s-Aws-Id' })).toMatchObject(ALICE)
    const login = createVaultToken({ credentials, serverId: audience, date: NOW })
    const options = { audienceHeader: 'x-vault-aws-iam-server-id', stsHost: 'sts.amazonaws.com' }
    expect(await verify(login.token, options)).toMatchObject(ALICE)
  })

  it('is a proof for a listed host of a VPC endpoint', async () => {
    const hostname = 'vpce-0123-abc.sts.eu-west-1.vpce.amazonaws.com'
    const { proof } = createIdentityProof({ credentials, hostname, audience, date: NOW })
    expect(await verify(proof, { allowedHosts: [hostname] })).toMatchObject(ALICE)
    sts.asked.length = 0
    await expectRefused(proof, 'HOST_NOT_ALLOWED')
  })

  it('may be told in XML', async () => {
    sts.reply = xmlReply
    expect(await verify(presigned)).toEqual({ ...ALICE, sessionName: 'alice' })
  })
})

describe('envelope', () => {
  it.each([
    ['nothing', ''],
    ['a prefix alone', 'k8s-aws-v1.'],
    ['another prefix', presigned.replace('v1', 'v2')],
    ['padding', `${presigned}=`],
    ['base64 of the other alphabet', `${presigned.slice(0, -1)}+`],
    ['a line end', `${presigned}\n`],
    ['no URL', wrap('hello')],
    ['no text', 17 as never],
    ['JSON of something else', '{}'],
    ['a list', '[]'],
    ['a field more', signed.replace('{', '{"role":"admin",')],
    ['a field twice', signed.replace('{', '{"iam_request_url":"",')],
    ['a field that is no text', signed.replace(/"iam_request_body":"[^"]*"/, '"iam_request_body":7')],
    ['bad base64', signed.replace(/"iam_request_body":"/, '"iam_request_body":"=')],
    [
      'headers that are no object',
      JSON.stringify({ ...(JSON.parse(signed) as object), iam_request_headers: 'W10=' }),
    ],
    ['deep JSON', '['.repeat(8000)],
  ])('%s', async (_, proof) => {
    await expectRefused(proof, 'PROOF_MALFORMED')
  })

  it('too large', async () => {
    await expectRefused(`k8s-aws-v1.${'A'.repeat(4086)}`, 'PROOF_TOO_LARGE')
    await expectRefused(`k8s-aws-v1.${'A'.repeat(4085)}`, 'PROOF_MALFORMED')
    await expectRefused(' '.repeat(16_385), 'PROOF_TOO_LARGE')
    await expectRefused(' '.repeat(16_384), 'PROOF_MALFORMED')
  })

  it('signed, where only presigned proofs are taken', async () => {
    await expectRefused(signed, 'PROOF_FORM_REFUSED', { stsHost: undefined })
  })
})

describe('B19 host by client', () => {
  it.each([
    ['plain http', 'https:', 'http:'],
    ['a user', 'https://', 'https://sts.amazonaws.com@'],
    ['a user and a password', 'https://', 'https://a:b@'],
    ['a port', '.com/', '.com:443/'],
    ['a fragment', '?', '?#'],
    ['a path', '/?', '/x?'],
    ['a dot segment', '/?', '/../?'],
    ['two slashes', '/?', '//?'],
    ['a backslash', '.com/', '.com\\'],
    ['upper case', 'sts.', 'STS.'],
    ['a tab', 'Action', '\tAction'],
    ['a blank', 'Action', ' Action'],
    ['a byte that is not ASCII', 'Action', 'é'],
  ])('%s', async (_, part, other) => {
    await expectRefused(
      changed((url) => url.replace(part, other)),
      'PROOF_MALFORMED',
    )
  })

  it.each([
    'attacker.example',
    'sts.amazonaws.com.attacker.example',
    'sts.eu-west-1.amazonaws.com.attacker.example',
    'attackersts.amazonaws.com',
    'sts.attacker.amazonaws.com',
    'sts.eu-west-1.amazonaws.com.cn',
    'sts.cn-north-1.amazonaws.com',
    'sts.cn-north-1.amazonaws.com.cn',
    'sts.eu-west-1.s3.amazonaws.com',
    'iam.amazonaws.com',
    'sts..amazonaws.com',
    'sts.eu-west-1.amazonaws.com.',
    '169.254.169.254',
    'localhost',
  ])('%s', async (host) => {
    await expectRefused(presignedFor(`https://${host}/?${CALL}`), 'HOST_NOT_ALLOWED')
    const stranger = repacked((parts) => {
      parts.url = `https://${host}/`
    })
    await expectRefused(stranger, 'HOST_NOT_ALLOWED')
    await expectRefused(
      repacked(({ headers }) => {
        headers['host'] = host
      }),
      'HOST_NOT_ALLOWED',
    )
  })

  it('one of another partition, where accounts may have the same ids', async () => {
    const options = { credentials, audience, date: NOW, region: 'cn-north-1' }
    const { proof } = createIdentityProof(options)
    await expectRefused(proof, 'HOST_NOT_ALLOWED')
    await expectRefused(presigned, 'HOST_NOT_ALLOWED', { partition: 'aws-cn' })
    const arn = ALICE.arn.replace('arn:aws:', 'arn:aws-cn:')
    sts.reply = () => xmlReply({ ...ALICE, arn })
    expect(await verify(proof, { partition: 'aws-cn' })).toMatchObject({ arn })
  })

  it('one of AWS that is not listed', async () => {
    await expectRefused(presigned, 'HOST_NOT_ALLOWED', { allowedHosts: ['sts.amazonaws.com'] })
    await expectRefused(presigned, 'HOST_NOT_ALLOWED', { allowedHosts: [] })
  })
})

describe('B19 action by client', () => {
  it.each([
    'Action=AssumeRole&Version=2011-06-15',
    'Action=getcalleridentity&Version=2011-06-15',
    'Action=GetCallerIdentity&Version=2010-01-01',
    'Action=GetSessionToken&Version=2011-06-15',
  ])('%s', async (call) => {
    await expectRefused(presignedFor(`https://${HOST}/?${call}`), 'ACTION_WRONG')
    await expectRefused(pack(signedFor({ body: call })), 'ACTION_WRONG')
  })

  it.each([
    `${CALL}&Action=AssumeRole`,
    `${CALL}&`,
    ` ${CALL}`,
    '',
    'Version=2011-06-15&Action=GetCallerIdentity',
  ])('the body %j', async (body) => {
    await expectRefused(pack(signedFor({ body })), 'ACTION_WRONG')
  })

  it.each(['GET', 'PUT', 'post', '', 7])('the method %j', async (method) => {
    await expectRefused(
      repacked((parts) => {
        parts.method = method
      }),
      'ACTION_WRONG',
    )
  })

  it.each(['x', '?Action=AssumeRole', '//', '?', '#'])('the path /%s', async (path) => {
    await expectRefused(pack({ ...signedFor(), url: `https://${HOST}/${path}` }), 'HOST_NOT_ALLOWED')
  })
})

describe('audience', () => {
  it('not signed', async () => {
    const bare = presignUrl(
      { method: 'GET', url: `https://${HOST}/?${CALL}` },
      { credentials, date: NOW, expiresIn: 900 },
    )
    await expectRefused(wrap(bare.url), 'AUDIENCE_NOT_SIGNED')
    await expectRefused(pack(signedFor({}, [])), 'AUDIENCE_NOT_SIGNED')
  })

  it('signed in another header', async () => {
    const { proof } = createIdentityProof({
      credentials,
      region,
      audience,
      date: NOW,
      audienceHeader: 'x-k8s-aws-id',
    })
    await expectRefused(proof, 'AUDIENCE_NOT_SIGNED')
  })

  it('another server: STS sees our name, which was not signed', async () => {
    const other = { credentials, region, audience: 'other.example.com', date: NOW }
    const error = await expectRefused(createIdentityProof(other).proof, 'STS_REFUSED', {}, 1)
    expect([error.status, error.facts['stsCode']]).toEqual([401, 'SignatureDoesNotMatch'])
    sts.asked.length = 0
    await expectRefused(createIdentityProof({ ...other, form: 'signed' }).proof, 'AUDIENCE_MISMATCH')
    const swapped = pack(signedFor({ headers: { 'x-countersign-audience': 'other.example.com' } }))
    await expectRefused(swapped, 'AUDIENCE_MISMATCH')
    await expectRefused(
      repacked(({ headers }) => {
        delete headers['x-countersign-audience']
      }),
      'PARAMETER_INVALID',
    )
  })
})

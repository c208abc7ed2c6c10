/**
 * The tests of the rows of the table of attacks that are about proofs of identity: B18 and B19.
 */
import { attack } from '../kit/attack.ts'
import { changed, expectRefused, presigned, repacked, sts, verify } from '../kit/identity-proofs.ts'

attack('B18', async (proof) => {
  await verify(presigned)
  for (const more of [
    '&x-amz-credential=eve',
    '&action=AssumeRole',
    '&X-AMZ-SIGNEDHEADERS=host',
    '&X-Amz-SignedHeaders=host',
  ]) {
    sts.asked.length = 0
    const twice = changed((url) => url + more)
    proof.saw(await expectRefused(twice, 'PARAMETER_INVALID'))
  }
})

attack('B19', async (proof) => {
  const elsewhere = changed((url) => url.replace('sts.eu-west-1.amazonaws.com', 'attacker.example'))
  proof.saw(await expectRefused(elsewhere, 'HOST_NOT_ALLOWED'))
  const posted = repacked((parts) => {
    parts.url = 'https://attacker.example/'
  })
  proof.saw(await expectRefused(posted, 'HOST_NOT_ALLOWED'))
  const otherAction = changed((url) => url.replace('GetCallerIdentity', 'AssumeRole'))
  proof.saw(await expectRefused(otherAction, 'ACTION_WRONG'))
  sts.answer = (_, response) => {
    const body = '<a><Arn>arn:aws:iam::123456789012:user/eve</Arn></a>'
    response.writeHead(200, { 'content-type': 'text/xml' }).end(body)
  }
  proof.saw(await expectRefused(presigned, 'STS_REPLY_INVALID', {}, 1))
})

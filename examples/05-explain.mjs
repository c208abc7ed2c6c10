/** Asks why a request would be refused: every rule, and what it found. */
import { signRequest } from 'countersign'
import { explainRequest } from 'countersign/verify'

const key = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const signed = signRequest(
  { method: 'GET', url: 'https://sqs.eu-west-1.amazonaws.com/?Action=ListQueues' },
  { credentials: key },
)

const report = explainRequest(
  // Somebody on the way added a header and changed the action.
  { method: 'GET', target: '/?Action=DeleteQueue', headers: [...signed.headers, ['x-amz-target', 'Other']] },
  { service: 'sqs', region: 'eu-west-1', key },
)
for (const { check, isOk, message } of report.findings)
  console.log(isOk ? 'ok' : 'NO', check, isOk ? '' : message)
console.log('verdict:', report.verdict)

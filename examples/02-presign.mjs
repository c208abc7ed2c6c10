/** Hands out a URL that lets its holder download one object for five minutes. */
import { presignUrl } from 'countersign'

const { url, headers, expiresAt } = presignUrl(
  { method: 'GET', url: 'https://my-bucket.s3.eu-west-1.amazonaws.com/reports/2026 Q4.pdf' },
  {
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
    expiresIn: 300,
  },
)

console.log(url)
console.log('to be sent with it:', headers)
console.log('works until', expiresAt.toISOString())

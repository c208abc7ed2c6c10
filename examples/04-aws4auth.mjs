/** The objects that users of Python's requests-aws4auth know: one to share, with a key that follows the date. */
import { AWS4Auth, AWS4SigningKey, DateMismatchError, StrictAWS4Auth } from 'countersign/aws4auth'

const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const request = { method: 'GET', url: 'https://search-logs.us-east-1.es.amazonaws.com/_cat/indices' }
const tomorrow = new Date(Date.now() + 86_400_000)
const ofTomorrow = { ...request, headers: { 'x-amz-date': tomorrow.toISOString() } }

const auth = new AWS4Auth('AKIDEXAMPLE', secret, 'us-east-1', 'es')
console.log('today:   ', auth.sign(request).scope.date)
console.log('tomorrow:', auth.sign(ofTomorrow).scope.date)

// A key without its secret can be handed out: it signs for one day, region and service.
const key = new AWS4SigningKey(secret, 'us-east-1', 'es', new Date(), false)
const strict = new StrictAWS4Auth('AKIDEXAMPLE', key)
try {
  strict.sign(ofTomorrow)
} catch (error) {
  console.log('strict:  ', error instanceof DateMismatchError, error.code)
}

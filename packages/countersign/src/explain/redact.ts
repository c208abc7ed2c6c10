/**
 * Takes out of a text what nobody else may read: session tokens, signatures, cookies and other credentials.
 *
 * @module
 */
const SECRET_HEADER =
  /^(?:authorization|proxy-authorization|cookie|set-cookie|x-amz-security-token|x-amz-s3session-token|x-api-key)$/
const SECRET_PARAMETER = /((?:^|[?&])(?:x-amz-security-token|x-amz-signature|signature)=)([^&]*)/gi
const LONGEST = 400

/** A value of a header, or what to show in its place. */
function redactHeader(name: string, value: string): string {
  return SECRET_HEADER.test(name.toLowerCase()) ? mask(value) : shorten(value)
}

/** A query, or a target with one, without its token and signature. */
export function redactQuery(query: string): string {
  return shorten(
    query.replace(SECRET_PARAMETER, (_, name: string, value: string) => name + (value && mask(value))),
  )
}

/** The value of one part of a canonical request, as it may be shown. */
export function redactField(field: string, value: string): string {
  if (field.startsWith('header ')) return redactHeader(field.slice('header '.length), value)
  return field === 'query' || field === 'path' ? redactQuery(value) : shorten(value)
}

function mask(value: string): string {
  return `[redacted, ${value.length} characters]`
}

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… (${text.length} characters)`
}

/**
 * Causes of uploads by form: a field without a condition, a condition that is not met, a file of the wrong size.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html}
 * @module
 */
import { isExemptField, isMetBy, type FieldRule } from '../../core/post-policy.ts'
import type { Case } from '../case.ts'
import type { Cause } from '../cause.ts'
import { isCode, messageOf, shownName } from './answered.ts'
import { readPolicy, readSmallForm, type SmallForm } from './form-parts.ts'

const SAID =
  /^Invalid according to Policy|^Invalid Policy|^Bucket POST must|^POST requires exactly one file|enclosure-type multipart/
const SIZES = ['EntityTooLarge', 'EntityTooSmall', 'InvalidPolicyDocument']

/** Everything that is wrong with a form, one sentence each, and what to add to its policy. */
interface Faults {
  readonly told: readonly string[]
  readonly missing: readonly string[]
}

function faultsOf(form: SmallForm, now: Date | undefined): Faults | undefined {
  const policy = readPolicy(form.fields.get('policy') ?? '')
  if (!policy) return undefined
  const told: string[] = []
  const missing: string[] = []
  if (now && policy.expiration && now > policy.expiration) told.push('the policy has expired')
  for (const [name, value] of form.fields) {
    const rules = policy.rules.filter(({ field }) => field === name)
    if (rules.length === 0 && !isExemptField(name)) {
      told.push(`${shownName(name)} is in no condition`)
      missing.push(`["starts-with", "$${shownName(name)}", ""]`)
    }
    for (const rule of rules) if (!isMetBy(rule, value)) told.push(describe(rule))
  }
  for (const { field, operator, value } of policy.rules) {
    // The bucket stands in the URL.
    const isThere =
      form.fields.has(field) || field === 'bucket' || (operator === 'starts-with' && value === '')
    if (!isThere) told.push(`the field ${shownName(field)} is missing`)
  }
  const { size } = policy
  if (size && form.fileSize !== undefined && (form.fileSize < size[0] || form.fileSize > size[1])) {
    told.push(`the file has ${form.fileSize} bytes, and ${size[0]} to ${size[1]} are allowed`)
  }
  const behind = form.behindFile.filter((name) => !isExemptField(name))
  if (behind.length > 0)
    told.push(`${behind.map(shownName).join(', ')} stands behind the file, where S3 reads no more`)
  return { told, missing }
}

function describe({ field, operator, value }: FieldRule): string {
  const wanted = operator === 'eq' ? 'is not' : 'does not begin with'
  const isSecret = field === 'x-amz-security-token' || field === 'x-amz-signature'
  return `${shownName(field)} ${wanted} ${isSecret ? 'what was signed' : `"${shownName(value)}"`}`
}

const postPolicy: Cause = {
  id: 'M85h',
  code: 'post-policy',
  title: 'The form is not what its policy allows',
  family: 'form',
  fix: 'Make form and policy together (countersign post-policy), each field with its condition, the file last.',
  detect: (evidence) => {
    const form = readSmallForm(evidence.request)
    const isSaid = SAID.test(messageOf(evidence)) || isCode(evidence, ...SIZES)
    if (!form && !isSaid) return []
    const faults = form && faultsOf(form, evidence.answer?.serverTime)
    if (!isSaid && (faults?.told.length ?? 0) === 0) return []
    const told = faults?.told.length ? faults.told : [saidOf(evidence)]
    const finding = `The form does not fit its policy: ${told.join('; ')}.`
    const missing = faults?.missing ?? []
    const fix = missing.length > 0 ? `Add to the conditions: ${missing.join(', ')}` : postPolicy.fix
    return [{ grade: isSaid ? 'stated' : 'likely', finding, fix }]
  },
}

/** The server's reason, without what it quotes of the form. */
function saidOf(evidence: Case): string {
  const message = messageOf(evidence)
  const condition = /Policy Condition failed: (\[.*\])/.exec(message)?.[1]
  if (condition !== undefined) return `the condition ${shownName(condition)} is not met`
  const extra = /Extra input fields: (.*)/.exec(message)?.[1]
  if (extra !== undefined) return `${shownName(extra)} is in no condition`
  return shownName(message.replace(/^Invalid according to Policy: /, '')) || 'the server says so'
}

/** The cause. */
export const POST_FORM: readonly Cause[] = [postPolicy]

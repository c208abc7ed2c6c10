/**
 * Causes in the clock and in the dates of a request.
 *
 * @module
 */
import { parseAmzDate } from '../../core/amz-date.ts'
import type { Case } from '../case.ts'
import type { Cause, Finding } from '../cause.ts'
import { isCode, messageOf, shownName, shownSpan } from './answered.ts'
import { otherDays, scopesInstead } from './other-scopes.ts'

/** How far the request's date, and the clock of this computer, are from the server's, in seconds. Behind is negative. */
interface Skew {
  readonly ofRequest: number
  readonly ofClock: number | undefined
}

const EXPIRED = /Signature (?:expired|not yet current)/
const STAMPS = /(\d{8}T\d{6}Z)[^(]*\((\d{8}T\d{6}Z) [+-]/

function isRefusedForTime(evidence: Case): boolean {
  return (
    EXPIRED.test(messageOf(evidence)) ||
    isCode(evidence, 'RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture')
  )
}

/** The two instants that the server compared. */
function instants({ answer, request }: Case): readonly [sent: Date | undefined, server: Date | undefined] {
  const [, sent = '', server = ''] = STAMPS.exec(answer?.message ?? '') ?? []
  if (server !== '') return [parseAmzDate(sent), parseAmzDate(server)]
  const stated = answer?.fields.get('RequestTime') ?? ''
  const written = parseAmzDate(stated) ?? parseAmzDate(request.claim?.amzDate ?? '') ?? new Date(stated)
  return [Number.isNaN(written.getTime()) ? undefined : written, answer?.serverTime]
}

function skewOf(evidence: Case): Skew | undefined {
  if (!isRefusedForTime(evidence)) return undefined
  const [sent, server] = instants(evidence)
  if (!sent || !server) return undefined
  const secondsFrom = (date: Date): number => Math.round((date.getTime() - server.getTime()) / 1000)
  return { ofRequest: secondsFrom(sent), ofClock: evidence.now && secondsFrom(evidence.now) }
}

/** How near a skew has to be to an offset of a time zone, in seconds. */
const NEAR = 90
/** A clock that is this near to the server's is right, in seconds. */
const RIGHT = 60

/** The offset from UTC, in minutes, that a skew looks like; half hours, and those quarters that exist. */
function zoneOf(seconds: number): number | undefined {
  const minutes = Math.round(seconds / 900) * 15
  const isNear = Math.abs(seconds - minutes * 60) <= NEAR
  const isZone = minutes % 30 === 0 || minutes === 345 || minutes === 525 || minutes === 765
  return isNear && isZone && minutes !== 0 && minutes >= -720 && minutes <= 840 ? minutes : undefined
}

function formatZone(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `UTC${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`
}

const NTP =
  'Set the clock of this computer, for instance with: sudo timedatectl set-ntp true (WSL after sleep: wsl --shutdown; containers: restart their machine).'

function clockFinding(evidence: Case, isBehind: boolean): Finding[] {
  const skew = skewOf(evidence)
  if (!skew || skew.ofRequest < 0 !== isBehind || skew.ofRequest === 0) return []
  const isClockRight = skew.ofClock !== undefined && Math.abs(skew.ofClock) <= RIGHT
  if (isClockRight || isServersClock(evidence)) return []
  const isCertain = zoneOf(skew.ofRequest) === undefined || skew.ofClock !== undefined
  const finding = `The date of the request is ${shownSpan(skew.ofRequest)} ${isBehind ? 'behind' : 'ahead of'} the server's clock.`
  return [
    {
      grade: isCertain ? 'stated' : 'likely',
      finding,
      fix: NTP,
      correction: { clockOffset: -skew.ofRequest },
    },
  ]
}

const behind: Cause = {
  id: 'M16',
  code: 'clock-behind',
  title: 'The clock is slow',
  family: 'time',
  fix: NTP,
  detect: (evidence) => clockFinding(evidence, true),
}

const ahead: Cause = {
  id: 'M17',
  code: 'clock-ahead',
  title: 'The clock is fast',
  family: 'time',
  fix: NTP,
  detect: (evidence) => clockFinding(evidence, false),
}

const localTime: Cause = {
  id: 'M18',
  code: 'local-time-as-utc',
  title: 'Local time was stamped as UTC',
  family: 'time',
  fix: 'Write the date in UTC: the Z at its end says that it is.',
  detect: (evidence) => {
    const skew = skewOf(evidence)
    const zone = skew && zoneOf(skew.ofRequest)
    const isClockOff = skew?.ofClock !== undefined && Math.abs(skew.ofClock) > RIGHT
    if (zone === undefined || !skew || isClockOff || isServersClock(evidence)) return []
    const finding = `The date of the request is ${shownSpan(skew.ofRequest)} from the server's clock, which is what ${formatZone(zone)} is from UTC: local time was stamped as UTC.`
    return [{ grade: 'likely', finding, fix: localTime.fix, correction: { clockOffset: -skew.ofRequest } }]
  },
}

const tooEarly: Cause = {
  id: 'M19',
  code: 'signed-too-early',
  title: 'The request was signed long before it was sent',
  family: 'time',
  fix: 'Sign at each attempt, right before sending; a signature is good for 5 minutes, and 15 with S3.',
  detect: (evidence) => {
    const skew = skewOf(evidence)
    const isClockRight = skew?.ofClock !== undefined && Math.abs(skew.ofClock) <= RIGHT
    if (!skew || skew.ofRequest >= 0 || !isClockRight || zoneOf(skew.ofRequest) !== undefined) return []
    const finding = `The clock of this computer is right, and the request was signed ${shownSpan(skew.ofRequest)} before it arrived.`
    return [{ grade: 'likely', finding, fix: tooEarly.fix }]
  },
}

const scopeDate: Cause = {
  id: 'M20',
  code: 'scope-date',
  title: 'The day of the scope is not that of the request',
  family: 'time',
  fix: 'Derive x-amz-date and the scope from one and the same instant, in UTC.',
  signedInstead: (_, evidence) =>
    scopesInstead(evidence, ({ date, service }) => otherDays(date).map((day) => [day, service])),
  explain: ({ change: { scope = '' }, evidence }) => ({
    finding: `The scope in the string to sign is ${scope}, and the request says ${shownName(evidence.scope)}.`,
  }),
  detect: (evidence) => {
    const { amzDate = '' } = evidence.request.claim ?? {}
    const day = /^\d{8}/.exec(evidence.scope)?.[0] ?? ''
    const isStated = /Date in Credential scope does not match|[Ii]nvalid credential date/.test(
      messageOf(evidence),
    )
    const differs = day !== '' && /^\d{8}T/.test(amzDate) && !amzDate.startsWith(day)
    if (!isStated && !differs) return []
    const finding = differs
      ? `The scope is for ${day}, and the request is dated ${amzDate}.`
      : 'The server says that the day of the scope is not that of the request.'
    return [{ grade: isStated ? 'stated' : 'likely', finding, fix: scopeDate.fix }]
  },
}

const AMZ_DATE = /^\d{8}T\d{6}Z$/

const dateFormat: Cause = {
  id: 'M21',
  code: 'date-format',
  title: 'The date has another form than YYYYMMDDTHHMMSSZ',
  family: 'time',
  fix: 'Write it as 20261122T093000Z: UTC, no dashes, no colons, no fraction of a second.',
  detect: (evidence) => {
    const { amzDate = '' } = evidence.request.claim ?? {}
    const isStated =
      /ISO8601|ISO-8601|valid Date or x-amz-date|must be in the.*Long Format|'X-Amz-Date' or a 'Date'/i.test(
        messageOf(evidence),
      )
    if (amzDate === '' || AMZ_DATE.test(amzDate)) return []
    const finding = `The date of the request is written ${shownName(amzDate)}.`
    return [{ grade: isStated ? 'stated' : 'likely', finding, fix: dateFormat.fix }]
  },
}

const dateSigned: Cause = {
  id: 'M22',
  code: 'date-header-signed',
  title: 'The Date header was signed, and changed on the way',
  family: 'time',
  fix: 'Sign x-amz-date, and leave Date out of the signature.',
  accountsFor: ({ part, header }) => part === 'header' && header === 'date',
  explain: () => ({ correction: { unsignHeaders: ['date'] } }),
}

/** Whether the answer tells two times: that of whoever refused, and that of the one who sent the answer on. */
function isServersClock({ answer, evidence }: Case): boolean {
  const stated = answer?.fields.get('ServerTime') ?? ''
  const header = evidence.answer?.headers.find(([name]) => name.toLowerCase() === 'date')?.[1] ?? ''
  const [ours, theirs] = [Date.parse(stated), Date.parse(header)]
  return Math.abs(ours - theirs) > RIGHT * 1000
}

/** Of our own gateway, and of any server that tells its time twice. */
export const serverClock: Cause = {
  id: 'M86c',
  code: 'gateway-clock',
  title: 'The clock of the server that refused is wrong',
  family: 'server',
  fix: 'Set the clock of that server; the gateway has the metric sigv4_clock_offset_seconds.',
  detect: (evidence) => {
    if (!isRefusedForTime(evidence) || !isServersClock(evidence)) return []
    const stated = evidence.answer?.fields.get('ServerTime') ?? ''
    const header =
      evidence.evidence.answer?.headers.find(([name]) => name.toLowerCase() === 'date')?.[1] ?? ''
    const apart = (Date.parse(stated) - Date.parse(header)) / 1000
    const finding = `The server that refused has another time than its own Date header, by ${shownSpan(apart)}.`
    return [{ grade: 'likely', finding, fix: serverClock.fix }]
  },
}

/** The causes, the commonest first. */
export const TIME: readonly Cause[] = [behind, ahead, localTime, tooEarly, scopeDate, dateFormat, dateSigned]

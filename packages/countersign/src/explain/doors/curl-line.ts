/**
 * A line of curl, as somebody typed it or a browser copied it, read as the request that curl would send. Nothing is
 * sent. Lines of `countersign send` and of awscurl have the same letters.
 *
 * @see {@link https://curl.se/docs/manpage.html}
 * @module
 */
import { bytesOfText, utf8 } from '../../core/bytes.ts'
import { encodeUri } from '../../core/uri-encoding.ts'
import { EvidenceError } from '../../errors.ts'
import { readCurlArguments, type CurlArgument } from './curl-arguments.ts'
import type { ObservedRequest } from '../evidence.ts'
import { removeDotSegments } from '../dot-segments.ts'
import type { ReadCredentials, Reading, ReadOptions } from './reading.ts'
import { isForCmd, splitCmdWords, splitShellWords, type ShellWords } from './shell-words.ts'
import { byteString, headerOf, splitUrl, wireText } from './text.ts'

const COMMAND =
  /^(?:[#$>%]\s+)?(?:\w+=(?:'[^']*'|"[^"]*"|\S*)\s+)*(?:(?:\S*[\\/])?(?:curl(?:\.exe)?|awscurl)|countersign\s+send)\s/

/** Whether a text begins as a line of curl does. */
export function looksLikeCurl(text: string): boolean {
  return COMMAND.test(text.trimStart())
}

/**
 * Reads a line of curl.
 *
 * @throws {@link EvidenceError} `EVIDENCE_MALFORMED` where a quote does not end or there is no URL
 */
export function readCurlLine(line: string, options: ReadOptions = {}): Reading {
  const text = withStraightQuotes(line.trimStart())
  const rest = text.slice(COMMAND.exec(text)?.[0].length ?? 0)
  const { words, unfilled }: ShellWords = isForCmd(rest) ? splitCmdWords(rest) : splitShellWords(rest)
  const state = new Line(readCurlArguments(words), options)
  for (const name of unfilled) state.notes.push(`${name} stands for something that the shell fills in`)
  const request = state.request()
  return {
    form: 'curl',
    request,
    signing: state.signing(),
    credentials: state.credentials(),
    notes: state.notes,
  }
}

/** Chats and word processors make other quotes of those that were typed; a shell knows none of them. */
function withStraightQuotes(line: string): string {
  if (/['"]/.test(line)) return line
  return line.replace(/[\u201c-\u201e]/g, '"').replace(/[\u2018-\u201a]/g, "'")
}

/** The line while it is read: its body is known before its method, and its headers last. */
class Line {
  readonly notes: string[] = []
  readonly #given: readonly CurlArgument[]
  readonly #options: ReadOptions

  constructor(given: readonly CurlArgument[], options: ReadOptions) {
    this.#given = given
    this.#options = options
  }

  request(): ObservedRequest {
    const url = this.#url()
    const parts = splitUrl(/^[a-z]+:\/\//i.test(url) ? url : `http://${url}`)
    if (!parts) throw new EvidenceError('EVIDENCE_MALFORMED', 'The line of curl has no URL')
    const body = this.#body()
    const isGet = this.#has('get')
    const query = isGet && body ? [byteString(body)] : []
    const target = this.#target(addPairs(parts.target, [...query, ...this.#values('url-query').map(urlPair)]))
    const sent = isGet ? undefined : body
    const headers = this.#headers(parts.host, sent)
    return {
      method: this.#method(sent),
      target,
      headers,
      body: sent,
      protocol: parts.protocol,
      host: parts.host,
    }
  }

  /** What stood behind `--user`, if the line signs with it. */
  credentials(): ReadCredentials | undefined {
    if (!this.#has('aws-sigv4')) return undefined
    const [, accessKeyId, secretAccessKey] = /^([^:]+):(.+)$/s.exec(this.#last('user') ?? '') ?? []
    if (accessKeyId === undefined || secretAccessKey === undefined) return undefined
    if (/^\$\{?\w/.test(secretAccessKey)) return undefined
    const sessionToken = headerOf(this.#givenHeaders(), 'x-amz-security-token')
    return { accessKeyId, secretAccessKey, sessionToken }
  }

  /** What `--aws-sigv4 provider1:provider2:region:service` asks for. */
  signing(): Reading['signing'] {
    const told = this.#last('aws-sigv4')
    if (told === undefined) return undefined
    const [, , region = '', service = ''] = told.split(':')
    return { accessKeyId: this.#last('user')?.split(':', 1)[0] ?? '', region, service }
  }

  #has(name: string): boolean {
    return this.#given.some((argument) => argument.name === name)
  }

  #values(name: string): string[] {
    return this.#given.filter((argument) => argument.name === name).map(({ value }) => value)
  }

  #last(name: string): string | undefined {
    return this.#values(name).at(-1)
  }

  #url(): string {
    const urls = this.#values('url').filter((value) => value !== '')
    const [url = ''] = urls
    if (url === '') throw new EvidenceError('EVIDENCE_MALFORMED', 'The line of curl has no URL')
    if (urls.length > 1) this.notes.push('The line has several URLs; the first one is read')
    return url.replace(/^'|'$/g, '')
  }

  /** curl takes dot segments out of a path unless it is told not to. */
  #target(target: string): string {
    const [, path = '', rest = ''] = /^([^?]*)(.*)$/s.exec(target) ?? []
    if (this.#has('path-as-is') || !/\/\.{1,2}(?:\/|$)/.test(path)) return target
    this.notes.push('curl takes . and .. out of the path before it signs and sends; --path-as-is keeps them')
    return removeDotSegments(path) + rest
  }

  #method(body: Uint8Array | undefined): string {
    const given = this.#last('request')
    if (given !== undefined) return given
    if (this.#has('head')) return 'HEAD'
    if (this.#has('upload-file')) return 'PUT'
    return body || this.#has('form') || this.#has('form-string') ? 'POST' : 'GET'
  }

  #givenHeaders(): [string, string][] {
    return this.#values('header').flatMap((line): [string, string][] => {
      const [, name, value = ''] = /^([^:;]+)(?::[ \t]*(.*?)[ \t]*|;[ \t]*)$/s.exec(line) ?? []
      return name === undefined ? [] : [[name.trim(), wireText(value)]]
    })
  }

  #headers(host: string, body: Uint8Array | undefined): [string, string][] {
    const given = this.#givenHeaders()
    // `name:` leaves a header out, `name;` sends it empty.
    const removed = new Set(
      this.#values('header').flatMap((line) => /^([^:;]+):[ \t]*$/.exec(line)?.[1]?.toLowerCase() ?? []),
    )
    const kept = given.filter(([name]) => !removed.has(name.toLowerCase()))
    const own = this.#ownHeaders(host, body).filter(
      ([name]) => !removed.has(name) && headerOf(given, name) === undefined,
    )
    return [...own, ...kept]
  }

  /** What curl adds by itself. */
  #ownHeaders(host: string, body: Uint8Array | undefined): [string, string][] {
    const isJson = this.#has('json')
    const user = this.#last('user')
    const basic = user !== undefined && !this.#has('aws-sigv4')
    const bearer = this.#last('oauth2-bearer')
    const isData = body !== undefined && !this.#has('upload-file')
    const type = isJson ? 'application/json' : 'application/x-www-form-urlencoded'
    const rows: [string, string | undefined][] = [
      ['host', host],
      ['authorization', basic ? 'Basic [left out]' : bearer && `Bearer ${bearer}`],
      ['user-agent', this.#last('user-agent') ?? 'curl'],
      ['accept', isJson ? 'application/json' : '*/*'],
      ['accept-encoding', this.#has('compressed') ? 'deflate, gzip, br, zstd' : undefined],
      ['range', this.#last('range') && `bytes=${this.#last('range')}`],
      ['referer', this.#last('referer')],
      ['cookie', this.#last('cookie')],
      ['content-length', body && String(body.length)],
      ['content-type', isData ? type : undefined],
    ]
    return rows.flatMap(([name, value]): [string, string][] =>
      value === undefined || value === '' ? [] : [[name, wireText(value)]],
    )
  }

  #body(): Uint8Array | undefined {
    if (this.#has('form') || this.#has('form-string')) {
      this.notes.push('curl makes a new boundary for each form, so its body is not known')
      return undefined
    }
    const upload = this.#last('upload-file')
    if (upload !== undefined) return this.#file(upload)
    const pieces = this.#given.flatMap(({ name, value }): string[] => {
      const piece = this.#piece(name, value)
      return piece === undefined ? [] : [piece]
    })
    if (pieces.length === 0) return undefined
    return bytesOfText(pieces.join(this.#has('json') ? '' : '&'))
  }

  #piece(name: string, value: string): string | undefined {
    if (name === 'data-raw') return wireText(value)
    if (name === 'data-urlencode') return this.#encoded(value)
    if (!/^(?:data|data-ascii|data-binary|json)$/.test(name)) return undefined
    if (!value.startsWith('@')) return wireText(value)
    const bytes = byteString(this.#file(value.slice(1)) ?? new Uint8Array())
    return name === 'data' || name === 'data-ascii' ? bytes.replace(/[\r\n\0]/g, '') : bytes
  }

  #encoded(text: string): string {
    const [, name = '', sign, content = ''] = /^([^=@]*)([=@])(.*)$/s.exec(text) ?? ['', '', '=', text]
    const bytes =
      sign === '@' ? byteString(this.#file(content) ?? new Uint8Array()) : byteString(utf8(content))
    return `${name && `${wireText(name)}=`}${encodeUri(bytes).replaceAll('%20', '+')}`
  }

  #file(path: string): Uint8Array | undefined {
    const bytes = path === '-' ? undefined : this.#options.readFile?.(path)
    if (bytes === undefined)
      this.notes.push(`The body comes from ${path === '-' ? 'standard input' : path}, which was not read`)
    return bytes
  }
}

function addPairs(target: string, pairs: readonly string[]): string {
  const added = pairs.filter((pair) => pair !== '').join('&')
  if (added === '') return target
  return `${target}${target.includes('?') ? '&' : '?'}${added}`
}

function urlPair(text: string): string {
  if (text.startsWith('+')) return wireText(text.slice(1))
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? ['', '', text]
  return `${name && `${name}=`}${encodeUri(byteString(utf8(value)))}`
}

/**
 * Arguments of curl, told apart: which flags take a value, which letters stand for which names.
 *
 * @see {@link https://curl.se/docs/manpage.html}
 * @module
 */

/** Flags with a value. */
const WITH_VALUE: ReadonlySet<string> = new Set(
  `abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to
  continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode
  delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech egd-file engine etag-compare
  etag-save expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method ftp-port
  ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip header hostpubmd5 hostpubsha256 hsts interface
  ip-tos ipfs-gateway json keepalive-cnt keepalive-time key key-type krb libcurl limit-rate local-port login-options
  mail-auth mail-from mail-rcpt max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir
  parallel-max pass pinnedpubkey preproxy proto proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert
  proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey
  proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user proxy1.0 pubkey
  quote random-file range rate referer request request-target resolve retry retry-delay retry-max-time sasl-authzid
  service-name sigalgs socks4 socks4a socks5 socks5-gssapi-service socks5-hostname speed-limit speed-time stderr
  telnet-option tftp-blksize time-cond tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii
  trace-config unix-socket upload-file url url-query user user-agent variable vlan-priority write-out
  service region region-set algorithm profile credentials access-key-id at expires`.split(/\s+/),
)

/** Letters with a value. */
const LETTERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    E: 'cert',
    K: 'config',
    C: 'continue-at',
    b: 'cookie',
    c: 'cookie-jar',
    d: 'data',
    D: 'dump-header',
    F: 'form',
    P: 'ftp-port',
    H: 'header',
    m: 'max-time',
    o: 'output',
    x: 'proxy',
    U: 'proxy-user',
    Q: 'quote',
    r: 'range',
    e: 'referer',
    X: 'request',
    Y: 'speed-limit',
    y: 'speed-time',
    t: 'telnet-option',
    z: 'time-cond',
    T: 'upload-file',
    u: 'user',
    A: 'user-agent',
    w: 'write-out',
  }),
)

const SWITCHES: ReadonlyMap<string, string> = new Map([
  ['G', 'get'],
  ['I', 'head'],
  ['v', 'verbose'],
])

/** An argument: a flag with its value, or a flag alone. What is no flag is a `url`. */
export interface CurlArgument {
  readonly name: string
  readonly value: string
}

/** Tells the arguments behind `curl` apart, in their order. Words before `--next` alone are read. */
export function readCurlArguments(words: readonly string[]): CurlArgument[] {
  const found: CurlArgument[] = []
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    if (word === '--next' || word === '-:') break
    if (word === '--') continue
    const take = (): string => words[(at += 1)] ?? ''
    if (word.startsWith('--')) found.push(longArgument(word.slice(2), take))
    else if (word.startsWith('-') && word.length > 1) found.push(...shortArguments(word.slice(1), take))
    else found.push({ name: 'url', value: word })
  }
  return found
}

function longArgument(text: string, take: () => string): CurlArgument {
  const [, name = '', given] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? []
  // curl has no --name=value; the relatives of curl have.
  if (given !== undefined && WITH_VALUE.has(name)) return { name, value: given }
  return { name: text, value: WITH_VALUE.has(text) ? take() : '' }
}

function shortArguments(letters: string, take: () => string): CurlArgument[] {
  const found: CurlArgument[] = []
  for (let at = 0; at < letters.length; at += 1) {
    const letter = letters[at] ?? ''
    const name = LETTERS.get(letter)
    if (name !== undefined) {
      const rest = letters.slice(at + 1)
      found.push({ name, value: rest === '' ? take() : rest })
      break
    }
    found.push({ name: SWITCHES.get(letter) ?? letter, value: '' })
  }
  return found
}

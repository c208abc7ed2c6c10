/** Who may import whom in `packages/countersign/src`: the diagram of CONTRIBUTING.md, as a table. */

const belowSigning = ['errors', 'core', 'crypto', 'algorithms', 'keys']
const signing = [...belowSigning, 'credentials', 'sign']

/** A layer is a folder of `src`, or a file in it; it may import itself and what stands beside it. */
export const layers = new Map([
  ['errors', []],
  ['core', ['errors']],
  ['crypto', ['errors', 'core']],
  ['algorithms', ['errors', 'core', 'crypto']],
  ['keys', ['errors', 'core', 'crypto', 'algorithms']],
  // For the verifiers of requests and of proofs of identity, which know nothing of each other.
  ['replay', ['errors']],
  ['credentials', belowSigning],
  ['sign', [...belowSigning, 'credentials']],
  ['tokens', signing],
  ['providers', [...signing, 'tokens']],
  ['event-stream', [...signing, 'tokens', 'verify']],
  ['streaming', [...signing, 'event-stream']],
  ['cloudfront', signing],
  ['request-signer', signing],
  ['s3-express', signing],
  // Whoever checks a proof of identity must not find a verifier of requests in the same bundle.
  ['identity-proof', [...signing, 'tokens', 'replay']],
  ['aws4auth', [...signing, 'tokens']],
  // What answers tell: for adapters, for whoever explains a refusal, and for programs.
  ['answers', ['errors', 'core']],
  ['adapters', [...signing, 'tokens', 'aws4auth', 'answers']],
  ['verify', [...belowSigning, 'replay']],
  // Explains refusals from both sides of the wire, so it must share neither side's code.
  ['explain', [...belowSigning, 'credentials', 'answers']],
  ['servers', [...belowSigning, 'verify']],
  ['index', signing],
])

/** Imports that may only be `import type`: an adapter knows how an `AWS4Auth` looks, and does not bring one along. */
export const typesOnly = new Map([['adapters', ['aws4auth']]])

/** A file right in `src` that the table does not name is an entry point of its own, such as `sigv4a.ts`. */
export const entryMayImport = [...layers.keys()].filter((layer) => layer !== 'index')

/** The only packages that the library may import, each with the folders that may. */
export const packagesAllowed = new Map([
  ['@noble/hashes', ['crypto', 'algorithms']],
  ['@noble/curves', ['crypto', 'algorithms']],
  // An optional one, imported on call.
  ['@aws-sdk/credential-provider-node', ['providers']],
])

/** Who may import whom in the packages that are programs. They run on Node alone, and import what their manifests name. */
export const programs = new Map([
  [
    'gateway',
    new Map([
      ['errors', []],
      ['config', ['errors']],
      ['signing-credentials', ['pipeline']],
      ['keys', ['errors', 'config']],
      ['server', ['errors', 'config']],
      ['pipeline', ['errors', 'config', 'server']],
      ['log', ['config', 'pipeline']],
      ['figures', []],
      ['prometheus', ['figures']],
      ['metrics', ['pipeline', 'figures', 'prometheus']],
      ['callers', ['pipeline', 'log']],
      ['upstreams', ['config', 'server', 'pipeline', 'log', 'figures', 'signing-credentials']],
      ['gateway-parts', ['log', 'pipeline', 'server', 'signing-credentials']],
      [
        'gateway',
        [
          'gateway-parts',
          'errors',
          'config',
          'server',
          'pipeline',
          'log',
          'metrics',
          'callers',
          'upstreams',
          'signing-credentials',
        ],
      ],
      [
        'serve',
        ['config', 'keys', 'server', 'pipeline', 'log', 'gateway', 'gateway-parts', 'signing-credentials'],
      ],
      [
        'index',
        [
          'errors',
          'config',
          'keys',
          'server',
          'pipeline',
          'log',
          'gateway',
          'gateway-parts',
          'serve',
          'signing-credentials',
        ],
      ],
    ]),
  ],
  [
    'cli',
    new Map([
      ['frame', ['verbs']],
      ['credentials', ['frame']],
      ['curl', ['frame']],
      ['request', ['frame', 'credentials', 'curl']],
      ['keys', ['frame']],
      ['token', ['frame', 'credentials', 'request']],
      ['serve', ['frame', 'explain', 'request']],
      ['config', ['frame', 'request']],
      ['presign', ['frame', 'credentials', 'request']],
      ['explain', ['frame', 'credentials', 'request']],
      ['send', ['frame', 'credentials', 'curl', 'request', 'explain']],
      ['events', ['frame', 'credentials', 'curl', 'request']],
      ['completion', ['frame']],
      ['doctor', ['frame', 'credentials', 'send']],
      [
        'verbs',
        [
          'frame',
          'completion',
          'credentials',
          'curl',
          'request',
          'keys',
          'token',
          'events',
          'explain',
          'presign',
          'doctor',
          'send',
          'serve',
          'config',
        ],
      ],
      ['main', ['frame', 'send', 'config']],
      ['answer', ['frame', 'main']],
    ]),
  ],
])

/** Where `node:` modules may be imported; elsewhere one artifact has to run everywhere. */
export const nodeAllowed = [/^crypto\//, /^adapters\/node-http\b/, /^servers\/(node|http2)\b/]

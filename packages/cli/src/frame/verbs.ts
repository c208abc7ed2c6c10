/**
 * The verbs. Each is a module of its own that is loaded when the verb is used, and only then.
 *
 * @module
 */
import type { VerbTable, Verb } from './verb.ts'

/** All verbs by their names, in the order of the overview. */
export const VERBS: VerbTable = new Map<string, Verb>([
  [
    'send',
    { summary: 'sign a request and send it, in the manner of curl', load: () => import('../verbs/send.ts') },
  ],
  ['sign', { summary: 'print the headers that sign a request', load: () => import('../verbs/sign.ts') }],
  ['presign', { summary: 'make a presigned URL, or check one', load: () => import('../verbs/presign.ts') }],
  [
    'post-policy',
    {
      summary: 'make an upload form for browsers, or check one',
      load: () => import('../verbs/post-policy.ts'),
    },
  ],
  [
    'cloudfront',
    {
      summary: 'sign URLs and cookies of CloudFront, or check them',
      load: () => import('../verbs/cloudfront.ts'),
    },
  ],
  [
    'token',
    {
      summary: 'print a token that stands for a password: RDS, EKS, MSK and more',
      load: () => import('../verbs/token.ts'),
    },
  ],
  [
    'identity-proof',
    {
      summary: 'make a proof of who you are for a server, or check one',
      load: () => import('../verbs/identity-proof.ts'),
    },
  ],
  ['verify', { summary: 'check the signature of a request', load: () => import('../verbs/verify.ts') }],
  [
    'explain',
    {
      summary: 'say why a server refused a signed request',
      load: () => import('../verbs/explain.ts'),
    },
  ],
  ['canon', { summary: 'show the steps that lead to a signature', load: () => import('../verbs/canon.ts') }],
  [
    'events',
    {
      summary: 'read, write, sign and check event streams',
      load: () => import('../verbs/events.ts'),
    },
  ],
  [
    'doctor',
    {
      summary: 'look at credentials, region, clock and surroundings',
      load: () => import('../verbs/doctor.ts'),
    },
  ],
  ['config', { summary: 'tell where defaults of flags come from', load: () => import('../verbs/config.ts') }],
  ['gateway', { summary: 'run the verifying gateway', load: () => import('../verbs/gateway.ts') }],
  ['proxy', { summary: 'run the signing proxy', load: () => import('../verbs/proxy.ts') }],
  ['keys', { summary: "manage the gateway's access keys", load: () => import('../verbs/keys.ts') }],
  [
    'completion',
    {
      summary: 'print what makes bash, zsh or fish complete the command line',
      load: () => import('../verbs/completion.ts'),
    },
  ],
])

/**
 * `npm run bench:sizes`: what one import costs a browser, and a bundle for Node, beside the peers that do the same job.
 * Bundled with esbuild, minified; sizes in bytes, before and after gzip. What a bundle loads when it is needed is left
 * out, of all of them alike.
 */
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))
// The SDK's presigner is a dependency of the tests with real clients.
const interop = fileURLToPath(new URL('../test/interop', import.meta.url))

/** @type {readonly { job: string, name: string, contents: string, from?: string }[]} */
const bundles = [
  { job: 'sign', name: 'countersign: signRequest', contents: "export { signRequest } from 'countersign'" },
  { job: 'sign', name: 'aws4', contents: "import aws4 from 'aws4'; export const { sign } = aws4" },
  {
    job: 'sign',
    name: '@smithy/signature-v4, without the hash that it is given',
    contents: "export { SignatureV4 } from '@smithy/signature-v4'",
  },
  {
    job: 'signed fetch',
    name: 'countersign: createSignedFetch',
    contents: "export { createSignedFetch } from 'countersign/adapters/fetch'",
  },
  { job: 'signed fetch', name: 'aws4fetch', contents: "export { AwsClient } from 'aws4fetch'" },
  { job: 'presign', name: 'countersign: presignUrl', contents: "export { presignUrl } from 'countersign'" },
  {
    job: 'presign',
    name: '@aws-sdk/s3-request-presigner with its client',
    contents:
      "export { getSignedUrl } from '@aws-sdk/s3-request-presigner'; export { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'",
    from: interop,
  },
  {
    job: 'SigV4A',
    name: 'countersign: signRequest, sigV4A',
    contents: "export { signRequest } from 'countersign'; export { sigV4A } from 'countersign/sigv4a'",
  },
  {
    job: 'SigV4A',
    name: '@aws-sdk/signature-v4a, without the hash that it is given',
    contents: "export { SignatureV4a } from '@aws-sdk/signature-v4a'",
  },
  {
    job: 'RDS token',
    name: 'countersign: createRdsToken',
    contents: "export { createRdsToken } from 'countersign/tokens'",
  },
  { job: 'RDS token', name: '@aws-sdk/rds-signer', contents: "export { Signer } from '@aws-sdk/rds-signer'" },
]

/** @type {import('esbuild').Plugin} */
const loadedOnUse = {
  name: 'loaded-on-use',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    )
  },
}

/** @param {(typeof bundles)[number]} bundle @param {'browser' | 'node'} platform */
async function measure({ contents, from = here }, platform) {
  try {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: from },
      platform,
      format: 'esm',
      bundle: true,
      minify: true,
      write: false,
      legalComments: 'none',
      logLevel: 'silent',
      plugins: [loadedOnUse],
    })
    const { contents: bytes } = outputFiles[0] ?? { contents: new Uint8Array() }
    return { minified: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length }
  } catch {
    return { minified: 'no', gzipped: 'no' }
  }
}

const rows = []
for (const bundle of bundles) {
  const browser = await measure(bundle, 'browser')
  const node = await measure(bundle, 'node')
  rows.push({
    job: bundle.job,
    import: bundle.name,
    browser: browser.minified,
    'browser, gzip': browser.gzipped,
    node: node.minified,
    'node, gzip': node.gzipped,
  })
}
console.table(rows)

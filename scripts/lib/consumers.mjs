/** Programs that use an installed package, each way that people do: `import`, `require()`, and types. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './project.mjs'
import { linkModule } from './tarball.mjs'

/** The compilers that the published types must work with. */
const COMPILERS = [
  ['5.4', join(root, 'tools', 'typescript-5.4', 'node_modules', 'typescript')],
  ['5.9', join(root, 'tools', 'typescript-5.9', 'node_modules', 'typescript')],
  ['7', join(root, 'node_modules', 'typescript')],
]

/** What the README promises: a signed request goes into `fetch` as it is. */
const SIGN_AND_FETCH = `import { presignUrl, signRequest } from 'countersign'
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'x' }
const s = signRequest({ method: 'GET', url: 'https://sqs.us-east-1.amazonaws.com/' }, { credentials })
void fetch(s.url, s)
const text: string = presignUrl({ method: 'GET', url: s.url }, { credentials, expiresIn: 60 }).url
const post = signRequest({ method: 'POST', url: s.url, body: new Uint8Array(1) }, { credentials })
void fetch(text, post)
// @ts-expect-error Credentials are missing, so a package that is typed \`any\` is noticed.
signRequest({ method: 'GET', url: s.url }, {})
`

/**
 * Every subpath imported and required under plain Node.
 *
 * @param {string} folder @param {string[]} subpaths such as `countersign/verify`
 * @returns {string[]} problems
 */
export function loadProblems(folder, subpaths) {
  const esm = subpaths.map((path, index) => `import * as m${index} from '${path}'\n`).join('')
  const names = subpaths.map((path, index) => `['${path}', m${index}]`).join(', ')
  const count =
    'for (const [path, m] of all) if (Object.keys(m).length === 0) throw new Error(path + " exports nothing")\n'
  writeFileSync(join(folder, 'load.mjs'), `${esm}const all = [${names}]\n${count}`)
  const cjs = subpaths.map((path) => `['${path}', require('${path}')]`).join(', ')
  writeFileSync(join(folder, 'load.cjs'), `const all = [${cjs}]\n${count}`)
  return ['load.mjs', 'load.cjs'].flatMap((file) => {
    const { code, output } = run(process.execPath, [file], { cwd: folder })
    return code === 0 && output === '' ? [] : [`${file}, exit code ${code}: ${output}`]
  })
}

/**
 * The published types under each compiler and each module resolution, libraries checked as well.
 *
 * @param {string} folder @param {string[]} subpaths
 * @returns {string[]} problems
 */
export function typeProblems(folder, subpaths) {
  mkdirSync(join(folder, 'types'), { recursive: true })
  const everything = subpaths.map((path, index) => `export * as m${index} from '${path}'\n`).join('')
  writeFileSync(join(folder, 'types', 'browser.ts'), SIGN_AND_FETCH)
  writeFileSync(join(folder, 'types', 'node.ts'), everything)
  writeFileSync(join(folder, 'types', 'package.json'), '{ "type": "module" }\n')
  linkModule('@types/node', folder)
  linkModule('undici-types', folder)
  return COMPILERS.flatMap(([version = '', compiler = '']) => {
    if (!existsSync(compiler)) return [`TypeScript ${version} is not installed`]
    return ['bundler', 'nodenext'].flatMap((moduleResolution) =>
      ['browser', 'node'].flatMap((host) => {
        const compilerOptions = {
          moduleResolution,
          module: moduleResolution === 'bundler' ? 'esnext' : 'nodenext',
          target: 'es2022',
          lib: ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable'],
          types: host === 'node' ? ['node'] : [],
          strict: true,
          noEmit: true,
          skipLibCheck: false,
        }
        const project = join(folder, 'types', 'tsconfig.json')
        writeFileSync(project, JSON.stringify({ compilerOptions, files: [`${host}.ts`] }))
        const { code, output } = run(process.execPath, [join(compiler, 'bin', 'tsc'), '--project', project])
        return code === 0 ? [] : [`TypeScript ${version}, ${moduleResolution}, ${host}:\n${output}`]
      }),
    )
  })
}

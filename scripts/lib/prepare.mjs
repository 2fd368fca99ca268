import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fingerprint, readStamp, writeStamp } from './fingerprint.mjs'
import { inRoot } from './root.mjs'
import { run, runNode } from './run.mjs'
import { step } from './step.mjs'

const installStamp = inRoot('node_modules/.outlay/install')
const generateStamp = inRoot('node_modules/.outlay/generate')
const portalStamp = inRoot('web/.next/outlay-build')

/** Installs what package-lock.json names, when it is not what node_modules holds. */
export async function installPackages() {
  const wanted = `${process.platform}-${process.arch} ${fingerprint(['package-lock.json'])}`
  if (readStamp(installStamp) === wanted) return
  if (!installedByHand()) {
    // NODE_ENV=production in the caller's shell would leave out the tools that run TypeScript.
    await step('Install packages', (options) => npm(['ci', '--include=dev', '--no-progress'], options))
  }
  writeStamp(installStamp, wanted)
}

/** True when somebody's own `npm install` or `npm ci` has put every package of the lock there: theirs is kept. */
function installedByHand() {
  const hidden = inRoot('node_modules/.package-lock.json')
  if (!existsSync(hidden)) return false
  const installed = JSON.parse(readFileSync(hidden, 'utf8')).packages
  const locked = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8')).packages
  return Object.entries(locked).every(([path, entry]) => {
    if (path === '') return true
    if (!installed[path]) return entry.optional === true || !path.includes('node_modules/')
    return installed[path].version === entry.version && installed[path].link === entry.link
  })
}

/** npm itself: the one that called us, or the one beside this Node.js. */
function npm(args, options) {
  const own = process.env.npm_execpath
  if (own?.endsWith('.js')) return runNode(own, args, options)
  const beside = join(dirname(process.execPath), '..', 'lib/node_modules/npm/bin/npm-cli.js')
  if (existsSync(beside)) return runNode(beside, args, options)
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, options)
}

/** Database client and the portal's typed operations; turbo runs the packages' own `generate` scripts. */
export async function generate() {
  const sources = [
    'package-lock.json',
    'turbo.json',
    'prisma/schema.prisma',
    'prisma/generate.mjs',
    'server/schema.graphql',
  ]
  const wanted = fingerprint([...sources, 'web/codegen.ts', 'web/src'])
  const outputs = ['prisma/src/generated', 'web/src/generated'].map((path) => inRoot(path))
  if (readStamp(generateStamp) === wanted && outputs.every((path) => existsSync(path))) return
  await step('Generate database client and typed operations', (options) => turbo('generate', options))
  writeStamp(generateStamp, wanted)
}

/** What the portal is made of: its own folder, the pure domain it imports, the schema, and the packages. */
function portalSources() {
  const paths = [
    'package-lock.json',
    'tsconfig.base.json',
    'server/schema.graphql',
    'domain/src',
    'domain/package.json',
    'web',
  ]
  return fingerprint(paths, { except: (file) => /\.test\.tsx?$|next-env\.d\.ts$|\.tsbuildinfo$/.test(file) })
}

/** The portal's production build, when its sources are not those of the last one. A failed build leaves none. */
export async function buildPortal() {
  const wanted = portalSources()
  if (readStamp(portalStamp) === wanted && existsSync(inRoot('web/.next/BUILD_ID'))) return
  await step('Build the portal', (options) => turbo('build', options, ['--filter=@outlay/web']))
  writeStamp(portalStamp, wanted)
}

function turbo(task, options, more = []) {
  const program = inRoot('node_modules/turbo/bin/turbo')
  const logs = options.inherit ? 'full' : 'errors-only'
  const args = ['run', task, '--no-update-notifier', '--env-mode=loose', `--output-logs=${logs}`, ...more]
  const env = { PATH: `${inRoot('node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`, NODE_ENV: undefined }
  return runNode(program, args, { ...options, env })
}

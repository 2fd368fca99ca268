// `npm run check`: format, lint, types, dead code, layering. Everything runs; any failure fails the whole.
import { Failure, requireNode, runScript } from './lib/failure.mjs'
import { generate, installPackages } from './lib/prepare.mjs'
import { inRoot } from './lib/root.mjs'
import { runNode } from './lib/run.mjs'

const program = (path) => inRoot('node_modules', path)
const packages = ['domain', 'prisma', 'workers', 'server', 'web', 'test']
/** The domain without Node.js, the portal with the browser, and at the root all that runs on Node.js, in one pass. */
const projects = { domain: 'domain', web: 'web', 'all that runs on Node.js': 'tsconfig.node.json' }

const checks = [
  ['Format', program('prettier/bin/prettier.cjs'), ['--check', '--log-level=warn', '.']],
  ['Lint', program('eslint/bin/eslint.js'), ['--max-warnings=0', '.']],
  ...Object.entries(projects).map(([name, project]) => [
    `Types of ${name}`,
    program('typescript/bin/tsc'),
    ['--noEmit', '-p', inRoot(project)],
  ]),
  ['Dead code', program('knip/bin/knip.js'), ['--no-progress']],
  ['Layering', program('dependency-cruiser/bin/dependency-cruise.mjs'), packages],
]

const failed = []

/** Takes checks from the common list until none is left; two of these use both cores of a small machine. */
async function worker(waiting) {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [title, script, args] = next
    const began = performance.now()
    const { code, output, signal } = await runNode(script, args)
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    console.log(`${code === 0 ? '✓' : '✗'} ${title} (${seconds} s)`)
    if (code === 0) continue
    failed.push(title)
    console.log(output)
    // Interrupted: what has not begun is left.
    if (signal) waiting.length = 0
  }
}

await runScript(async () => {
  requireNode([20, 19])
  await installPackages()
  await generate()
  const waiting = [...checks]
  await Promise.all([worker(waiting), worker(waiting)])
  if (failed.length > 0) throw new Failure(`Failed: ${failed.join(', ')}.`)
})

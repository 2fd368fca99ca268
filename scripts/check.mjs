// `npm run check`: format, lint, types, dead code, layering. Everything runs; any failure fails the whole.
import { existsSync } from 'node:fs'
import { Failure, requireNode, runScript } from './lib/failure.mjs'
import { generate, installPackages } from './lib/prepare.mjs'
import { inRoot } from './lib/root.mjs'
import { runNode } from './lib/run.mjs'
import { step } from './lib/step.mjs'

const program = (path) => inRoot('node_modules', path)
const packages = ['domain', 'prisma', 'workers', 'server', 'web', 'test']
const projects = [...packages, 'domain/tsconfig.test.json']

const checks = [
  ['Format', program('prettier/bin/prettier.cjs'), ['--check', '--log-level=warn', '.']],
  ['Lint', program('eslint/bin/eslint.js'), ['--max-warnings=0', '.']],
  ...projects.map((name) => [`Types of ${name}`, program('typescript/bin/tsc'), ['--noEmit', '-p', inRoot(name)]]),
  ['Dead code', program('knip/bin/knip.js'), ['--no-progress']],
  [
    'Layering',
    program('dependency-cruiser/bin/dependency-cruise.mjs'),
    [...packages.filter((name) => existsSync(inRoot(name)))],
  ],
]

await runScript(async () => {
  requireNode([20, 19])
  await installPackages()
  await generate()
  const failed = []
  for (const [title, script, args] of checks) {
    await step(title, (options) => runNode(script, args, options)).catch((error) => {
      if (!(error instanceof Failure)) throw error
      failed.push(title)
    })
  }
  if (failed.length > 0) throw new Failure(`Failed: ${failed.join(', ')}.`)
})

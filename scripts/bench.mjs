// `npm run bench [-- --quick | --json FILE]`: measures this machine with a Postgres of its own, and leaves nothing behind.
import { Failure, requireNode, runScript } from './lib/failure.mjs'
import { buildPortal, generate, installPackages } from './lib/prepare.mjs'
import { findChromium } from './lib/requirements.mjs'
import { inRoot } from './lib/root.mjs'
import { run } from './lib/run.mjs'

await runScript(async () => {
  requireNode([20, 19])
  await installPackages()
  await generate()
  const env = {}
  if (process.argv[2] === 'portal') {
    env.CHROMIUM_PATH = findChromium() ?? ''
    if (env.CHROMIUM_PATH === '')
      throw new Failure('Chromium is missing: apt-get install chromium, or set CHROMIUM_PATH.')
    await buildPortal()
  }
  // Ctrl-C reaches the bench itself, which stops its Postgres first.
  process.on('SIGINT', () => {})
  const program = ['--import', import.meta.resolve('tsx'), inRoot('test/bench/main.ts')]
  const folder = process.env.INIT_CWD ?? process.cwd()
  const { code } = await run(process.execPath, [...program, ...process.argv.slice(2)], {
    inherit: true,
    cwd: folder,
    env,
  })
  process.exitCode = code
})

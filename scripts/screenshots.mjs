// `npm run screenshots [-- --out FOLDER]`: pictures of the demo in Chromium, light and dark, into docs/screenshots.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure, requireNode, runScript } from './lib/failure.mjs'
import { buildPortal, generate, installPackages } from './lib/prepare.mjs'
import { findChromium } from './lib/requirements.mjs'
import { inRoot } from './lib/root.mjs'
import { run } from './lib/run.mjs'
import { startTestPostgres } from './lib/test-postgres.mjs'

await runScript(async () => {
  requireNode([20, 19])
  const chromium = findChromium()
  if (chromium === null) throw new Failure('Chromium is missing: apt-get install chromium, or set CHROMIUM_PATH.')
  await installPackages()
  await generate()
  await buildPortal()
  const scratch = mkdtempSync(join(tmpdir(), 'outlay-screenshots-'))
  const postgres = await startTestPostgres(scratch)
  try {
    const program = ['--import', import.meta.resolve('tsx'), inRoot('test/browser/take-screenshots.ts')]
    const { code } = await run(process.execPath, [...program, ...process.argv.slice(2)], {
      inherit: true,
      env: { OUTLAY_TEST_PG: postgres.adminUrl, CHROMIUM_PATH: chromium },
    })
    process.exitCode = code
  } finally {
    await postgres.stop()
    rmSync(scratch, { recursive: true, force: true })
  }
})

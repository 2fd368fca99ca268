// `npm test [-- files…]`: everything that can be tested here, with its own Postgres on a free port.
// The last line of the output is `N passed, N failed, N skipped`, from Jest's own result.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure, requireNode, runScript } from './lib/failure.mjs'
import { buildPortal, generate, installPackages } from './lib/prepare.mjs'
import { findChromium, findRedis, missingRequirements } from './lib/requirements.mjs'
import { inRoot } from './lib/root.mjs'
import { runNode } from './lib/run.mjs'
import { startTestPostgres } from './lib/test-postgres.mjs'

const patterns = process.argv.slice(2).filter((argument) => argument !== '--verbose')

await runScript(async () => {
  requireNode([20, 19])
  const missing = missingRequirements()
  if (process.env.OUTLAY_TEST_STRICT === '1' && missing.length > 0) {
    throw new Failure(`${describe(missing)} OUTLAY_TEST_STRICT=1 makes that a failure.`)
  }

  await installPackages()
  await generate()
  if (needsPortal()) await buildPortal()

  const scratch = mkdtempSync(join(tmpdir(), 'outlay-test-'))
  const postgres = await startTestPostgres(scratch)
  let counts
  let code
  try {
    ;({ code, counts } = await jest(scratch, postgres, missing))
  } finally {
    await postgres.stop()
    rmSync(scratch, { recursive: true, force: true })
  }

  if (missing.length > 0) console.log(`\n${describe(missing)}`)
  if (counts.total === 0) console.log('\nNo test ran: that is a failure.')
  if (counts.broken.length > 0) console.log(`\nTest files that could not run at all:\n  ${counts.broken.join('\n  ')}`)
  process.exitCode = code === 0 && counts.total > 0 && counts.failed === 0 && counts.broken.length === 0 ? 0 : 1
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
})

/** Browser tests read the built portal; a run of named unit tests does not have to wait for it. */
function needsPortal() {
  return patterns.length === 0 || patterns.some((pattern) => !/^(domain|prisma|workers)\//.test(pattern))
}

async function jest(scratch, postgres, missing) {
  const result = join(scratch, 'jest.json')
  const ignored = missing.flatMap((requirement) => ['--testPathIgnorePatterns', `/${requirement.tests}`])
  // A pattern on the command line replaces those of the configuration, so they are repeated.
  const kept = ['/node_modules/', '/.next/', '/generated/'].flatMap((path) => ['--testPathIgnorePatterns', path])
  const args = ['--config', inRoot('jest.config.mjs'), '-w', '2', '--json', `--outputFile=${result}`, ...patterns]
  const { code } = await runNode(inRoot('node_modules/jest/bin/jest.js'), [...args, ...kept, ...ignored], {
    inherit: true,
    env: {
      NODE_ENV: 'test',
      NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
      OUTLAY_TEST_PG: postgres.adminUrl,
      CHROMIUM_PATH: findChromium() ?? '',
      REDIS_SERVER_PATH: findRedis() ?? '',
    },
  })
  return { code, counts: readCounts(result) }
}

/** Jest's numbers; a file that failed to load holds no test that failed, so such files are listed apart. */
function readCounts(file) {
  let result
  try {
    result = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    throw new Failure('Jest ended without a result; its output is above.')
  }
  const broken = result.testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0)
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + broken.length,
    skipped: result.numPendingTests + result.numTodoTests,
    total: result.numTotalTests,
    broken: broken.map((suite) => suite.name.slice(inRoot().length)),
  }
}

function describe(missing) {
  const parts = missing.map(({ name, tests, install }) => `${name} (${tests}; ${install})`)
  return `Not tested, because a program is missing: ${parts.join(', ')}.`
}

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/*
 * Writes the Prisma client to src/generated when schema.prisma or Prisma itself differs from what it was made of.
 * Works offline: generating needs no schema engine, but Prisma insists on downloading one unless told of a file.
 */

const here = path.dirname(fileURLToPath(import.meta.url))
const target = path.join(here, 'src/generated')
const stampFile = path.join(target, '.made-of')
const require = createRequire(import.meta.url)
const prismaPackage = require.resolve('prisma/package.json')
const cli = path.join(path.dirname(prismaPackage), JSON.parse(readFileSync(prismaPackage, 'utf8')).bin.prisma)

const stamp = createHash('sha256')
  .update(readFileSync(path.join(here, 'schema.prisma')))
  .update(readFileSync(prismaPackage))
  .digest('hex')

if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) process.exit(0)

rmSync(target, { recursive: true, force: true })
const run = spawnSync(process.execPath, [cli, 'generate', '--no-hints'], {
  cwd: here,
  encoding: 'utf8',
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  },
})
if (run.status !== 0) {
  console.error(`The Prisma client could not be generated from schema.prisma:\n${run.stdout}${run.stderr}`)
  process.exit(1)
}
writeFileSync(stampFile, stamp)

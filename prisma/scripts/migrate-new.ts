import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { diffSchema } from '../src/migrate/diff-schema.ts'
import { migrationsFolder } from '../src/migrate/paths.ts'
import { borrowTestServer } from '../src/embedded/test-server.ts'

/*
 * npm run migrate:new -w prisma -- add_budgets
 * Writes prisma/migrations/<time>_add_budgets/migration.sql with what schema.prisma has more than the migrations.
 * What Prisma cannot say (policies, grants, checks, partitions) is added to that file by hand.
 */

async function main(): Promise<number> {
  const name = process.argv[2] ?? ''
  if (!/^[a-z][a-z0-9_]{2,60}$/.test(name)) {
    console.error('Say what the migration does in snake_case: npm run migrate:new -w prisma -- add_budgets')
    return 1
  }
  const server = await borrowTestServer()
  const diff = await diffSchema({ url: server.adminUrl }).finally(() => server.release())
  if (diff.exitCode === 0) {
    console.error('schema.prisma and the migrations say the same: there is nothing to write.')
    return 1
  }
  const time = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  const folder = path.join(migrationsFolder, `${time}_${name}`)
  mkdirSync(folder)
  writeFileSync(path.join(folder, 'migration.sql'), diff.sql)
  console.log(path.relative(process.cwd(), path.join(folder, 'migration.sql')))
  return 0
}

process.exitCode = await main()

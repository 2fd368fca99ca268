import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from './failure.mjs'
import { inRoot } from './root.mjs'

/** One embedded Postgres for a whole test run, on a free port, in a folder of its own. */
export async function startTestPostgres(scratch) {
  const { register } = await import('tsx/esm/api')
  const unregister = register()
  try {
    const { startEmbeddedPostgres } = await import(inRoot('prisma/src/embedded/start.ts'))
    // Root's Postgres runs as another user, who must be able to enter the folder.
    chmodSync(scratch, 0o755)
    const settings = { max_connections: '300', shared_buffers: '128MB', log_min_duration_statement: '-1' }
    return await startEmbeddedPostgres({ dataDir: join(scratch, 'postgres'), settings })
  } catch (error) {
    throw new Failure(`The Postgres for the tests did not start: ${error.message}`)
  } finally {
    await unregister()
  }
}

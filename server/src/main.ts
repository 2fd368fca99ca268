import { requireSafeDatabase, SelfCheckError } from '@outlay/db/tenancy/self-check/self-check'
import { EnvironmentError, readEnvironment } from './env.ts'
import { createServer, type Server } from './http/create-server.ts'

/** A stop takes no longer than this, whatever hangs. */
const STOP_MS_MAX = 14_000

async function main(): Promise<void> {
  const settings = readEnvironment(process.env)
  const server = await createServer(settings)
  // As outlay_app; it looks at what outlay_auth may do as well.
  await requireSafeDatabase(server.pool)
  const address = await server.listen()
  stopWhenTold(server)
  server.app.log.info({ address }, 'listening')
}

function stopWhenTold(server: Server): void {
  let isStopping = false
  const stop = (reason: string) => {
    if (isStopping) return
    isStopping = true
    server.app.log.info({ reason }, 'stopping')
    setTimeout(() => process.exit(1), STOP_MS_MAX).unref()
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        server.app.log.error({ err: error }, 'the stop failed')
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal))
  // The supervisor is gone, however it ended.
  process.on('disconnect', () => stop('the supervisor is gone'))
}

/** What somebody who runs this can mend is told in a sentence; a bug keeps its stack. */
function explain(error: unknown): string {
  if (error instanceof EnvironmentError || error instanceof SelfCheckError) return error.message
  if (error instanceof Error && 'code' in error) {
    if (error.code === 'EADDRINUSE') return 'The port is already in use; set OUTLAY_PORT to a free one.'
    if (error.code === 'ECONNREFUSED') return 'The database does not answer at its address.'
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

main().catch((error: unknown) => {
  console.error(explain(error))
  process.exit(1)
})

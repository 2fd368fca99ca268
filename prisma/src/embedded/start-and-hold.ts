import { startEmbeddedPostgres } from './start.ts'

/*
 * For start.test.ts: a supervisor that can be killed. Starts the Postgres of the folder in argv[2], says so on stdout
 * and holds it until stdin ends or a signal comes.
 */

const server = await startEmbeddedPostgres({ dataDir: process.argv[2] ?? '' }).catch((error: Error) => {
  console.log(JSON.stringify({ error: error.message }))
  process.exit(1)
})
const { adminUrl, port, pid, folder } = server
console.log(JSON.stringify({ adminUrl, port, pid, folder }))
process.stdin.on('end', () => void server.stop().then(() => process.exit(0))).resume()

import { createServer } from 'node:net'
import { StartFailure } from './failure.ts'

/** Refuses a public port that somebody else has, before the database is touched. */
export async function requireFreePort(port: number, host: string): Promise<void> {
  const error = await tryListening(port, host)
  if (error === null) return
  switch (error.code) {
    case 'EADDRINUSE':
      throw new StartFailure(
        `Port ${port} is already in use, perhaps by another Outlay; set OUTLAY_PORT to a free port.`,
      )
    case 'EACCES':
      throw new StartFailure(`Port ${port} may only be used by root; set OUTLAY_PORT to one above 1023.`)
    default:
      throw new StartFailure(`Outlay cannot listen on ${host} port ${port} (${error.code ?? error.message}).`)
  }
}

/** A port that is free at this moment, for a process of our own on this machine. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}

function tryListening(port: number, host: string): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', resolve)
    probe.listen(port, host, () => probe.close(() => resolve(null)))
  })
}

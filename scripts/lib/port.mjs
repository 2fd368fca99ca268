import { createServer } from 'node:net'
import { Failure } from './failure.mjs'

/** Says at once when the public port is taken, before minutes of installing and building. */
export async function requireFreePort(port, host) {
  const error = await new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', resolve)
    probe.listen(port, host, () => probe.close(() => resolve(null)))
  })
  if (error?.code === 'EADDRINUSE') {
    throw new Failure(`Port ${port} is already in use, perhaps by another Outlay; set OUTLAY_PORT to a free port.`)
  }
}

import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { freePort } from '../support/server-process.ts'

/** A door in front of a home of the queue: open it forwards, shut it refuses and cuts what was connected. */
export class Gate {
  readonly #target: { host: string; port: number }
  readonly #sockets = new Set<Socket>()
  readonly #port: number
  #server: Server | null = null

  private constructor(target: { host: string; port: number }, port: number) {
    this.#target = target
    this.#port = port
  }

  /** In front of the home at `url`, shut. */
  static async before(url: string): Promise<Gate> {
    const { hostname, port } = new URL(url)
    return new Gate({ host: hostname, port: Number(port) }, await freePort())
  }

  /** `url` with the gate in its way. */
  through(url: string): string {
    const changed = new URL(url)
    changed.hostname = '127.0.0.1'
    changed.port = String(this.#port)
    return changed.href
  }

  async open(): Promise<void> {
    this.#server = createServer((near) => {
      const far = connect(this.#target)
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket)
        socket.on('error', () => {})
        socket.on('close', () => {
          this.#sockets.delete(socket)
          other.destroy()
        })
        socket.pipe(other)
      }
    })
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  async shut(): Promise<void> {
    const server = this.#server
    if (server === null) return
    this.#server = null
    server.close()
    for (const socket of this.#sockets) socket.destroy()
    await once(server, 'close')
  }
}

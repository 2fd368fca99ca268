import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { Duplex } from 'node:stream'

export type OnUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/**
 * Gives every request for another protocol to exactly one who answers it: those of `path` to us, all others to whoever listened for them
 * before (the portal), and to nobody's with 404. Two who answer one socket would break it. To be called when all others listen.
 */
export function routeUpgrades(server: HttpServer, { path, onUpgrade }: { path: string; onUpgrade: OnUpgrade }): void {
  const others = server.listeners('upgrade') as OnUpgrade[]
  server.removeAllListeners('upgrade')
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url?.split('?')[0] === path) onUpgrade(request, socket, head)
    else if (others.length === 0) refuseUpgrade(socket, '404 Not Found')
    else for (const other of others) other.call(server, request, socket, head)
  })
}

/** Answers an upgrade with a status line such as `403 Forbidden`, and closes. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => {})
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

import proxy from '@fastify/http-proxy'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ServerSettings } from '../env.ts'
import { PortalFiles } from './portal-files.ts'
import { refuseUpgrade } from './route-upgrades.ts'

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** The part of Next that we use. */
type NextFactory = (options: { dev: boolean; dir: string; quiet: boolean; httpServer: HttpServer }) => {
  prepare: () => Promise<void>
  getRequestHandler: () => Handle
  close: () => Promise<void>
}

/** Answers every address that is not ours: the portal's production build in this process, or a portal somewhere else. */
export async function registerPortal(
  app: FastifyInstance,
  portal: ServerSettings['portal'],
  { isDevelopment }: { isDevelopment: boolean },
): Promise<void> {
  if (portal.kind === 'none') return
  if (portal.kind === 'proxy') {
    await app.register(proxy, {
      upstream: portal.url,
      websocket: true,
      // The portal writes addresses into its pages: those that the visitor uses, not its own behind us.
      replyOptions: {
        rewriteRequestHeaders: (request, headers) => ({
          ...headers,
          'x-forwarded-host': request.headers.host,
          'x-forwarded-proto': request.protocol,
        }),
      },
    })
    return
  }
  // By its address, not its name: the types of Next would declare NODE_ENV for every file of this package.
  const { default: next } = (await import(import.meta.resolve('next'))) as { default: NextFactory }
  // Next listens for upgrades with the first page it draws, and would end those that are not its own. It is given a server that nobody
  // connects to, and what is its own by the one listener of this server (route-upgrades.ts).
  const upgrades = new HttpServer()
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!upgrades.emit('upgrade', request, socket, head)) refuseUpgrade(socket, '404 Not Found')
  })
  const pages = next({ dev: isDevelopment, dir: portal.dir, quiet: true, httpServer: upgrades })
  await pages.prepare()
  const handle = pages.getRequestHandler()
  const files = isDevelopment ? null : new PortalFiles(portal.dir)
  app.addHook('onClose', () => pages.close())
  void app.register((routes, _options, done) => {
    // Next reads the body itself.
    routes.removeAllContentTypeParsers()
    routes.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null))
    routes.get('/_next/static/*', async (request, reply) => {
      if (files === null || !(await files.answer(request, reply))) hand(request, reply, handle)
      return reply
    })
    routes.all('/*', (request, reply) => hand(request, reply, handle))
    done()
  })
}

function hand(request: FastifyRequest, reply: FastifyReply, handle: Handle): void {
  reply.hijack()
  handle(request.raw, reply.raw).catch((error: unknown) => {
    request.log.error({ err: error }, 'portal failed')
    if (!reply.raw.headersSent) reply.raw.writeHead(500, { 'content-type': 'text/plain' })
    reply.raw.end('Something went wrong.')
  })
}

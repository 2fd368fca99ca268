import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { noteWayIn } from '../auth/note-way-in.ts'
import type { OidcSettings } from '../auth/oidc.ts'
import type { PersonAuth } from '../auth/person-auth.ts'
import { CLIENT_ADDRESS_HEADER, type SignIn } from '../auth/sign-in.ts'
import { withSetup } from '../auth/two-factor-setup.ts'

const BODY_MAX = 64 * 1024

/** What a person does to their own way in that their tenants are told of. */
const FACTOR_CHANGES: Readonly<Record<string, Parameters<typeof noteWayIn>[2] | undefined>> = {
  '/two-factor/verify-totp': 'enableTwoFactor',
  '/two-factor/disable': 'disableTwoFactor',
}

/**
 * `/api/auth/*` is better-auth's; we hand it the request as the web knows it. `/api/sign-in` says by what else than a password one may
 * come.
 */
export function registerAuth(
  app: FastifyInstance,
  deps: { signIn: SignIn; people: PersonAuth; pool: TenantPool; oidc: OidcSettings | null; publicUrl: string },
): void {
  app.get('/api/sign-in', () => ({ oidc: deps.oidc === null ? null : { label: deps.oidc.label } }))
  void app.register((routes, _options, done) => {
    routes.removeAllContentTypeParsers()
    routes.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_MAX }, (_request, body, parsed) =>
      parsed(null, body),
    )
    routes.route({
      method: ['GET', 'POST'],
      url: '/api/auth/*',
      handler: async (request, reply) => {
        const path = request.url.split('?')[0]?.slice('/api/auth'.length) ?? ''
        const change = FACTOR_CHANGES[path]
        // Who asks is known by the session from before: a change of the second factor begins another.
        const person = change === undefined ? null : await deps.people.authenticate(request.headers.cookie)
        const answered = await deps.signIn.handler(webRequest(request, deps.publicUrl))
        deps.people.forget(request.headers.cookie)
        if (change !== undefined && person !== null && answered.ok) await noteWayIn(deps.pool, person, change)
        const response = path === '/two-factor/enable' ? await withSetup(answered) : answered
        return leadsAway(response, request, deps.publicUrl) ? refuse(reply) : answer(reply, response)
      },
    })
    done()
  })
}

/** Whether an answer would send the browser to another site. Better-auth checks its callbacks; this is the second lock. */
function leadsAway(response: Response, request: FastifyRequest, publicUrl: string): boolean {
  const location = response.headers.get('location')
  if (location === null) return false
  if (!URL.canParse(location, publicUrl)) return true
  const { host, protocol } = new URL(location, publicUrl)
  return !['http:', 'https:'].includes(protocol) || (host !== new URL(publicUrl).host && host !== request.headers.host)
}

function refuse(reply: FastifyReply): FastifyReply {
  const error = { code: 'FORBIDDEN', message: 'The callback address is not one of ours.', requestId: reply.request.id }
  return reply.code(403).send({ error })
}

function webRequest(request: FastifyRequest, publicUrl: string): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && name !== 'content-length')
      headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  headers.set(CLIENT_ADDRESS_HEADER, request.ip)
  const body = request.method === 'POST' && typeof request.body === 'string' ? request.body : null
  return new Request(new URL(request.url, publicUrl), { method: request.method, headers, body })
}

async function answer(reply: FastifyReply, response: Response): Promise<FastifyReply> {
  void reply.code(response.status).header('cache-control', 'no-store')
  for (const [name, value] of response.headers) if (name !== 'set-cookie') void reply.header(name, value)
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) void reply.header('set-cookie', cookies)
  return reply.send(Buffer.from(await response.arrayBuffer()))
}

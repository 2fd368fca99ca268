import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { findInvitation, join, type JoinDeps } from '../auth/join.ts'
import type { PersonAuth } from '../auth/person-auth.ts'
import { PASSWORD_LENGTH } from '../auth/sign-in.ts'
import { HttpError } from './http-error.ts'
import { isOwnOrigin } from './own-origin.ts'

const BODY_MAX = 8 * 1024

const newcomerSchema = z.object({
  name: z.string().trim().min(1, 'Say what you are called.').max(100, 'A name has at most 100 characters.'),
  password: z
    .string()
    .min(PASSWORD_LENGTH.min, `A password has at least ${PASSWORD_LENGTH.min} characters.`)
    .max(PASSWORD_LENGTH.max, `A password has at most ${PASSWORD_LENGTH.max} characters.`),
})

/** One answer for what is unknown, accepted, withdrawn and too old, so that links cannot be tried out. */
const gone = (): HttpError =>
  new HttpError(404, 'NOT_FOUND', 'This invitation was used, withdrawn, or is too old. Ask for a new one.')

/**
 * `/api/join/:token`: what an invitation offers, and accepting it. Open to whoever holds the link; the body is the name and password of
 * somebody new, and empty for somebody signed in.
 */
export function registerJoin(app: FastifyInstance, deps: JoinDeps & { people: PersonAuth; publicUrl: string }): void {
  app.get<{ Params: { token: string } }>('/api/join/:token', async (request, reply) => {
    const invitation = await findInvitation(deps, request.params.token)
    if (invitation === null) throw gone()
    const person = await deps.people.authenticate(request.headers.cookie)
    void reply.header('cache-control', 'no-store')
    return { ...invitation, isSignedIn: person?.email === invitation.email }
  })
  app.post<{ Params: { token: string } }>('/api/join/:token', { bodyLimit: BODY_MAX }, async (request, reply) => {
    if (!isOwnOrigin(request.headers, deps.publicUrl))
      throw new HttpError(403, 'FORBIDDEN', 'Requests from another site are not answered.')
    const parsed = newcomerSchema.safeParse(request.body)
    const person = await deps.people.authenticate(request.headers.cookie)
    const done = await join(deps, {
      token: request.params.token,
      signedInAs: person?.userId ?? null,
      newcomer: parsed.success ? parsed.data : null,
    })
    if (done.kind === 'gone') throw gone()
    if (done.kind === 'sign-in-first')
      throw new HttpError(
        401,
        'UNAUTHENTICATED',
        'Somebody signs in with this address already. Sign in, then open the link again.',
      )
    if (done.kind === 'needs-password')
      throw new HttpError(
        400,
        'INVALID_FIELD',
        parsed.error?.issues[0]?.message ?? 'Say what you are called, and choose a password.',
      )
    deps.people.forgetAll()
    void reply.header('cache-control', 'no-store')
    return { tenantKey: done.tenantKey, email: done.email }
  })
}

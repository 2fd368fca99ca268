import 'server-only'
import { headers } from 'next/headers'
import { z } from 'zod'
import { ApiError } from './api-error.ts'
import { env } from './env.ts'

const schema = z.object({
  tenant: z.string(),
  email: z.string(),
  role: z.enum(['OWNER', 'ADMIN', 'FINANCE', 'PROJECT_MANAGER', 'VIEWER', 'CLIENT']),
  invitedBy: z.string(),
  isKnown: z.boolean(),
  isSignedIn: z.boolean(),
})

/** The open invitation of a link, as the visitor may see it; null when it is used, withdrawn, too old or none at all. */
export async function openInvitation(token: string): Promise<z.infer<typeof schema> | null> {
  // A token has no other letters; anything else is not asked for.
  if (!/^[\w~-]{1,200}$/.test(token)) return null
  const cookie = (await headers()).get('cookie')
  const response = await fetch(`${env().apiUrl}/api/join/${token}`, {
    headers: cookie === null ? {} : { cookie },
    cache: 'no-store',
    signal: AbortSignal.timeout(20_000),
  })
  if (response.status === 404) return null
  if (!response.ok)
    throw new ApiError('BAD_ANSWER', response.headers.get('x-request-id'), `The server answered ${response.status}.`)
  return schema.parse(await response.json())
}

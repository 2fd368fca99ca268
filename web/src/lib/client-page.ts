import 'server-only'
import { cache } from 'react'
import { clientPageSchema, type ClientPage } from '@outlay/domain/audience/client-page'
import { ApiError } from './api-error.ts'
import { env } from './env.ts'
import { monthParam } from './months.ts'

/**
 * What a link shows of a month, or of its latest one; null for a link that does not work. The link alone is sent along: no cookie. It is asked
 * for once a page, because each asking is a view of the link.
 */
export const clientPage = cache(async (token: string, month: string | null): Promise<ClientPage | null> => {
  // A token has no other letters; anything else is not asked for.
  if (!/^[\w-]{43}$/.test(token)) return null
  const search = month === null ? '' : `?month=${monthParam(month)}`
  const response = await fetch(`${env().apiUrl}/api/c/${token}${search}`, {
    cache: 'no-store',
    signal: AbortSignal.timeout(20_000),
  })
  if (response.status === 404) return null
  // What failed may be shown; the address may not, for it holds the secret.
  if (!response.ok) throw new ApiError('BAD_ANSWER', null, `The server answered ${response.status}.`)
  return clientPageSchema.parse(await response.json())
})

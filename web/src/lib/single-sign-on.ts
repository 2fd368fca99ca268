import 'server-only'
import { z } from 'zod'
import { env } from './env.ts'

const schema = z.object({ oidc: z.object({ label: z.string() }).nullable() })

/** What the provider is called by which people may sign in; null where there is none. The page must come up either way. */
export async function providerLabel(): Promise<string | null> {
  try {
    const response = await fetch(`${env().apiUrl}/api/sign-in`, {
      cache: 'no-store',
      signal: AbortSignal.timeout(3_000),
    })
    if (!response.ok) return null
    return schema.parse(await response.json()).oidc?.label ?? null
  } catch {
    return null
  }
}

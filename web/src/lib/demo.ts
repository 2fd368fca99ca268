import 'server-only'
import { z } from 'zod'
import { env } from './env.ts'

const schema = z.object({ logins: z.array(z.object({ label: z.string(), email: z.string(), password: z.string() })) })

export type DemoLogin = z.infer<typeof schema>['logins'][number]

/** The demo tenant's logins, or none when this installation has no demo. The sign-in page must come up either way. */
export async function demoLogins(): Promise<DemoLogin[]> {
  try {
    const response = await fetch(`${env().apiUrl}/api/demo`, { cache: 'no-store', signal: AbortSignal.timeout(3_000) })
    if (!response.ok) return []
    return schema.parse(await response.json()).logins
  } catch {
    return []
  }
}

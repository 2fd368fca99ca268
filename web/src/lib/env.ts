import { z } from 'zod'

const schema = z.object({
  /** Where the GraphQL server listens, as this process reaches it. */
  OUTLAY_API_URL: z.url().default('http://127.0.0.1:4000'),
  /** The address people use; absent, it is taken from the request. */
  OUTLAY_PUBLIC_URL: z.url().optional(),
})

/** The portal's whole environment, read when first asked for, so that a build needs none of it. */
export function env(): { apiUrl: string; publicUrl: string | null } {
  const parsed = schema.parse({
    OUTLAY_API_URL: process.env.OUTLAY_API_URL || undefined,
    OUTLAY_PUBLIC_URL: process.env.OUTLAY_PUBLIC_URL || undefined,
  })
  return {
    apiUrl: parsed.OUTLAY_API_URL.replace(/\/+$/, ''),
    publicUrl: parsed.OUTLAY_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
  }
}

import 'server-only'
import { headers } from 'next/headers'
import { env } from './env.ts'

/** The address the visitor uses, for snippets: configured, or taken from the request. */
export async function baseUrl(): Promise<string> {
  const { publicUrl } = env()
  if (publicUrl !== null) return publicUrl
  const incoming = await headers()
  const host = incoming.get('x-forwarded-host') ?? incoming.get('host') ?? 'localhost:4000'
  const proto = incoming.get('x-forwarded-proto')?.split(',')[0] ?? 'http'
  return `${proto}://${host}`
}

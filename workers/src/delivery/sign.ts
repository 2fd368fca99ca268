import { createHmac } from 'node:crypto'

/**
 * The headers of a signed webhook, as the Standard Webhooks specification has them: the receiver recognises a repeat by the id, and refuses
 * what is older than it likes by the timestamp, in seconds since 1970. Signed are id, timestamp and body with points between, by
 * HMAC-SHA-256 under the secret's bytes.
 */
export function signedHeaders({
  id,
  atMs,
  body,
  secret,
}: {
  id: string
  atMs: number
  body: string
  /** `whsec_` and base64. */
  secret: string
}): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1_000))
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}

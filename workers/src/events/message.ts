import { z } from 'zod'

/** What events are about. Each has one publisher and says in its place what its ids are. */
export type EventTopic = 'rerating' | 'allocation' | 'sums' | 'alert'

/** Names of what changed, never what it is now: whoever hears of it reads it with its own rights. */
export type EventIds = Readonly<Record<string, string>>

export interface EventMessage {
  topic: string
  tenantId: string
  ids: EventIds
}

/** Postgres takes less than 8,000 bytes in a notification; Redis would take more, and the contract is one. */
const BYTES_MAX = 7_999

const schema = z.object({ topic: z.string(), tenantId: z.string(), ids: z.record(z.string(), z.string()) })

/** An event that does not fit; ids are few and short, so something else was put in. */
export class EventTooLargeError extends Error {
  override readonly name = 'EventTooLargeError'
}

/** Throws EventTooLargeError. */
export function encodeEvent(message: EventMessage): string {
  const text = JSON.stringify(message)
  const bytes = Buffer.byteLength(text)
  if (bytes > BYTES_MAX) {
    throw new EventTooLargeError(
      `An event of ${message.topic} has ${bytes} bytes; at most ${BYTES_MAX} are allowed: send ids only.`,
    )
  }
  return text
}

/** Null for what is not an event of ours: a channel is open to whoever can reach the home. */
export function decodeEvent(text: string): EventMessage | null {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

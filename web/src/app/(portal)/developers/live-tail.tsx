'use client'

import { EventTail } from './event-tail.tsx'
import { useRecentEvents } from './use-recent-events.ts'

/** The latest arrivals by themselves. */
export function LiveTail({ timeZone }: { timeZone: string }) {
  return <EventTail recent={useRecentEvents()} timeZone={timeZone} />
}

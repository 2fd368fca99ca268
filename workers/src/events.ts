import type { Logger } from 'pino'
import { decodeEvent, encodeEvent, type EventIds, type EventTopic } from './events/message.ts'
import { postgresWire } from './events/postgres-wire.ts'
import { redisWire } from './events/redis-wire.ts'
import { Subscription } from './events/subscription.ts'
import { outageLog } from './outage-log.ts'
import { homeName, type QueueHome } from './queue-home.ts'

export type { EventTopic } from './events/message.ts'
export type { Subscription } from './events/subscription.ts'

/** Hints from process to process that something of a tenant changed. They can be lost; what they hint at is in Postgres. */
export interface Events {
  /**
   * Tells all who subscribed. A home that is away is logged and costs the hint, never the work of who publishes.
   *
   * Throws EventTooLargeError.
   */
  publish: (topic: EventTopic, tenantId: string, ids: EventIds) => Promise<void>
  /** The notices of one topic of one tenant, those of no other. */
  subscribe: (topic: EventTopic, tenantId: string, options?: { signal?: AbortSignal }) => Subscription
  /** The notices of one topic of all tenants: for who works for all of them. The publisher names the tenant in the ids. */
  subscribeAll: (topic: EventTopic, options?: { signal?: AbortSignal }) => Subscription
  close: () => Promise<void>
}

/** The events of a home. Connects when there is something to send or somebody to listen. */
export function openEvents(home: QueueHome, { log }: { log: Logger }): Events {
  const onLost = outageLog(log, `events (${homeName(home)}) are lost: their home cannot be reached`)
  const wire = home.kind === 'postgres' ? postgresWire(home.url, onLost) : redisWire(home.url, onLost)
  const subscriptions = new Map<string, Set<Subscription>>()
  let isListening = false
  let isConnected = false

  const listen = () => {
    if (isListening) return
    isListening = true
    wire.listen({
      onText: (text) => {
        const message = decodeEvent(text)
        if (message === null) return
        for (const whose of [message.tenantId, EVERYBODY]) {
          const reached = subscriptions.get(keyOf(message.topic, whose)) ?? []
          for (const subscription of reached) subscription.push({ kind: 'event', ids: message.ids })
        }
      },
      onConnected: () => {
        isConnected = true
        for (const subscription of all(subscriptions)) subscription.push({ kind: 'reread', reason: 'connected' })
      },
    })
  }

  const subscribe = (key: string, signal: AbortSignal | undefined): Subscription => {
    const stop = () => subscription.end()
    const subscription = new Subscription(() => {
      signal?.removeEventListener('abort', stop)
      const others = subscriptions.get(key)
      others?.delete(subscription)
      if (others?.size === 0) subscriptions.delete(key)
    })
    subscriptions.set(key, (subscriptions.get(key) ?? new Set()).add(subscription))
    if (isConnected) subscription.push({ kind: 'reread', reason: 'connected' })
    listen()
    if (signal?.aborted === true) stop()
    signal?.addEventListener('abort', stop)
    return subscription
  }

  return {
    publish: async (topic, tenantId, ids) => {
      const text = encodeEvent({ topic, tenantId, ids })
      await wire.send(text).catch(onLost)
    },
    subscribe: (topic, tenantId, { signal } = {}) => subscribe(keyOf(topic, tenantId), signal),
    subscribeAll: (topic, { signal } = {}) => subscribe(keyOf(topic, EVERYBODY), signal),
    close: async () => {
      for (const subscription of all(subscriptions)) subscription.end()
      await wire.close()
    },
  }
}

/** No tenant is called so: theirs are uuids. */
const EVERYBODY = '*'

const keyOf = (topic: string, tenantId: string): string => `${topic} ${tenantId}`

const all = (subscriptions: Map<string, Set<Subscription>>): Subscription[] =>
  [...subscriptions.values()].flatMap((set) => [...set])

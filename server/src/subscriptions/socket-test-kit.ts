import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'

interface Message {
  type: string
  id?: string
  // The shape is what each test asserts.
  payload?: never
}

export interface OpenOptions {
  authorization?: string
  headers?: Record<string, string>
  protocol?: string
}

const FRAMES =
  'subscription ($since: DateTime, $kinds: [AlertKind!]) { anomalyAlerts(since: $since, kinds: $kinds) { id title updatedAt } }'

/** A WebSocket as a program that speaks the protocol itself sees it. */
export class TestSocket {
  readonly raw: WebSocket
  readonly messages: Message[] = []
  /** Settles when it closes, with the close code. */
  readonly closed: Promise<number>

  private constructor(raw: WebSocket) {
    this.raw = raw
    raw.on('message', (data: Buffer) => this.messages.push(JSON.parse(data.toString('utf8')) as Message))
    raw.on('error', () => {})
    this.closed = new Promise((resolve) => raw.once('close', resolve))
  }

  /** Connects, without saying who it is. Throws with the status that the upgrade was refused with. */
  static async connect(url: string, { headers = {}, protocol = 'graphql-transport-ws' }: OpenOptions = {}) {
    const raw = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, protocol, { headers })
    const socket = new TestSocket(raw)
    await once(raw, 'open')
    return socket
  }

  /** Connects and says who it is. */
  static async open(url: string, options: OpenOptions = {}): Promise<TestSocket> {
    const socket = await TestSocket.connect(url, options)
    const { authorization } = options
    socket.send({ type: 'connection_init', ...(authorization === undefined ? {} : { payload: { authorization } }) })
    await Promise.race([socket.until((all) => all.some(({ type }) => type === 'connection_ack')), socket.closed])
    return socket
  }

  send(message: object): void {
    this.raw.send(JSON.stringify(message))
  }

  subscribe(id: string, variables: Record<string, unknown> = {}, query = FRAMES): void {
    this.send({ type: 'subscribe', id, payload: { query, variables } })
  }

  /** Waits until the messages so far are as wished; throws after `ms`. */
  async until(isSo: (messages: readonly Message[]) => boolean, ms = 10_000): Promise<void> {
    const end = Date.now() + ms
    while (!isSo(this.messages)) {
      if (Date.now() > end) throw new Error(`It never came; what did: ${JSON.stringify(this.messages.slice(-3))}`)
      await sleep(5)
    }
  }

  /** Titles of the alerts that a subscription was sent, in order. */
  titles(id: string): string[] {
    return this.frames(id).map(({ title }) => title)
  }

  frames(id: string): { id: string; title: string; updatedAt: string }[] {
    return this.messages.flatMap((message) =>
      message.type === 'next' && message.id === id
        ? [
            (
              message.payload as unknown as {
                data: { anomalyAlerts: { id: string; title: string; updatedAt: string } }
              }
            ).data.anomalyAlerts,
          ]
        : [],
    )
  }

  /** The codes of the errors that answer a subscription. */
  async refusal(id: string): Promise<unknown[]> {
    const isAnswer = (message: Message) => message.id === id && ['error', 'next'].includes(message.type)
    await this.until((all) => all.some(isAnswer))
    const answer = this.messages.find(isAnswer) as unknown as { type: string; payload: unknown }
    const errors = answer.type === 'error' ? answer.payload : (answer.payload as { errors?: unknown }).errors
    return (errors as { extensions: { code: unknown } }[]).map(({ extensions }) => extensions.code)
  }

  close(): void {
    this.raw.close()
  }
}

/** Waits for a subscription to follow: it is there when an alert that is raised again and again reaches it. */
export async function settled(ms = 150): Promise<void> {
  await sleep(ms)
}

import { createClient } from 'graphql-ws'
import WebSocket from 'ws'

export interface AlertFrame {
  id: string
  title: string
  state: string
  severity: string
  actual: { amount: string } | null
}

const DOCUMENT = 'subscription { anomalyAlerts { id title state severity actual { amount } } }'

/** A subscriber of a tenant's alerts, as an integration is one: graphql-ws with an API key. */
export interface AlertSubscription {
  /** Each with when it came, `performance.now()`. */
  frames: { frame: AlertFrame; atMs: number }[]
  close: () => Promise<void>
}

/** Answers once the server has admitted it. */
export async function subscribeToAlerts(
  url: string,
  apiKey: string,
  onFrame: (frame: AlertFrame, atMs: number) => void = () => {},
): Promise<AlertSubscription> {
  const frames: AlertSubscription['frames'] = []
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${apiKey}` },
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => {},
  })
  const admitted = new Promise<void>((resolve, reject) => {
    client.on('connected', () => resolve())
    client.on('error', reject)
    client.on('closed', () => reject(new Error('The socket of the subscription was closed.')))
  })
  await admitted
  client.subscribe<{ anomalyAlerts: AlertFrame }>(
    { query: DOCUMENT },
    {
      next: ({ data, errors }) => {
        if (errors !== undefined) throw new Error(`The subscription answered ${JSON.stringify(errors)}.`)
        if (data?.anomalyAlerts === undefined) return
        const atMs = performance.now()
        frames.push({ frame: data.anomalyAlerts, atMs })
        onFrame(data.anomalyAlerts, atMs)
      },
      // Who waits for frames sees that they do not come.
      error: () => {},
      complete: () => {},
    },
  )
  return { frames, close: async () => client.dispose() }
}

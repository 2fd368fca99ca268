/** How texts get from one process to all others. */
export interface Wire {
  /** Rejects when the home cannot be reached, within some seconds. */
  send: (text: string) => Promise<void>
  /** Listens until closed and comes back by itself; `onConnected` each time that it listens from then on. */
  listen: (listener: WireListener) => void
  close: () => Promise<void>
}

export interface WireListener {
  onText: (text: string) => void
  onConnected: () => void
}

export type ChannelKind = 'EMAIL' | 'WEBHOOK' | 'SLACK'
export type ChannelState = 'ACTIVE' | 'PAUSED' | 'FAILING'
export type ChannelDigest = 'NONE' | 'HOURLY' | 'DAILY'
export type ChannelSeverity = 'INFO' | 'WARNING' | 'CRITICAL'

/** A way to reach people, as it is given. */
export interface ChannelInput {
  name: string
  kind: ChannelKind
  /** E-mail addresses with commas between, or the https address of a hook. */
  target: string
  /** Kinds of alerts that it tells; all when there are none. */
  kinds: readonly string[]
  minSeverity: ChannelSeverity
  /** Whose alerts it tells; all when there are none. */
  scopes: readonly ScopeInput[]
  digest: ChannelDigest
  /** Of a DAILY digest: the hour of the tenant's day, 0 to 23. */
  digestHour: number | null
  /** `HH:MM` of the tenant's day, both or neither. */
  quietFrom: string | null
  quietTo: string | null
  criticalBreaksQuiet: boolean
}

export interface ScopeInput {
  scope: 'FLEET' | 'AGENT' | 'CLIENT' | 'PROJECT'
  /** Of the agent, client or project. */
  key: string | null
}

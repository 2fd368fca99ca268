import { DomainError, quoted } from '@outlay/domain/errors'
import { checkKey } from '@outlay/domain/invocation/key'
import type { ChannelInput } from './channel-input.ts'
import { checkHookAddress, hostOf } from './check-hook-address.ts'
import type { HookPolicy } from './hook-policy.ts'
import { parseMailAddresses } from './mail-addresses.ts'

const NAME_LENGTH_MAX = 100
const SCOPES_MAX = 50
/** When a daily digest is sent when nobody says. */
const DIGEST_HOUR = 8
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/

/** What is stored of where a channel sends: `target` is shown, `address` is a secret when it is not null. */
export interface ParsedTarget {
  target: string
  address: string | null
}

/** A channel's input, checked; its scopes are looked up where it is stored. */
export interface ParsedChannel extends Omit<ChannelInput, 'target'> {
  target: ParsedTarget
}

/**
 * Checks all that a channel says of itself. Throws DomainError. `kept`: what a Slack channel shows of the address that it has; whoever
 * changes the channel repeats it to keep the address.
 */
export function parseChannel(input: ChannelInput, policy: HookPolicy, kept: string | null = null): ParsedChannel {
  const name = input.name.trim()
  checkKey(name, 'name', NAME_LENGTH_MAX)
  checkQuiet(input)
  if (input.scopes.length > SCOPES_MAX) {
    const message = `There are ${input.scopes.length} scopes; the most is ${SCOPES_MAX}.`
    throw new DomainError('INVALID_FIELD', message, 'scopes')
  }
  return {
    ...input,
    name,
    kinds: [...new Set(input.kinds)],
    digestHour: digestHourOf(input),
    target: parseTarget(input, policy, kept),
  }
}

function parseTarget({ kind, target }: ChannelInput, policy: HookPolicy, kept: string | null): ParsedTarget {
  const text = target.trim()
  if (text === '') throw new DomainError('MISSING_FIELD', 'target is empty; say where the channel sends.', 'target')
  if (kind === 'EMAIL') return { target: parseMailAddresses(text).join(', '), address: null }
  if (kind === 'SLACK' && text === kept) return { target: text, address: null }
  const url = checkHookAddress(text, policy)
  // The path of a Slack hook is all that it takes to write there.
  return kind === 'SLACK' ? { target: hostOf(url), address: url.href } : { target: url.href, address: null }
}

function checkQuiet({ quietFrom, quietTo }: ChannelInput): void {
  if ((quietFrom === null) !== (quietTo === null)) {
    const missing = quietFrom === null ? 'quietFrom' : 'quietTo'
    throw new DomainError('MISSING_FIELD', `Quiet hours have a begin and an end; ${missing} is missing.`, missing)
  }
  for (const [field, time] of Object.entries({ quietFrom, quietTo })) {
    if (time === null || TIME.test(time)) continue
    throw new DomainError('INVALID_FIELD', `${field} ${quoted(time)} is no time of day such as 22:00.`, field)
  }
  if (quietFrom !== null && quietFrom === quietTo) {
    const message = `Quiet hours from ${quietFrom} to ${quietTo} would be all day or none; pause the channel instead.`
    throw new DomainError('INVALID_FIELD', message, 'quietTo')
  }
}

function digestHourOf({ digest, digestHour }: ChannelInput): number | null {
  if (digest !== 'DAILY') {
    if (digestHour === null) return null
    throw new DomainError('INVALID_FIELD', `Only a DAILY digest has an hour; this one is ${digest}.`, 'digestHour')
  }
  const hour = digestHour ?? DIGEST_HOUR
  if (Number.isInteger(hour) && hour >= 0 && hour <= 23) return hour
  throw new DomainError('INVALID_FIELD', `digestHour ${hour} is no hour of a day from 0 to 23.`, 'digestHour')
}

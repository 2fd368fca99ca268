import type { AlertKind, BudgetScope, ChannelInput, ChannelKind } from '../generated/graphql.ts'
import { KIND_NAMES, SCOPE_NAMES } from './alerts.ts'
import { CHANNEL_KINDS, DIGESTS, SEVERITY_CHOICES } from './channels.ts'
import { reading, text, Unreadable, type Read } from './read-form.ts'

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/

/** `CLIENT:northwind`, as the boxes of the form hold it; the fleet has no key. */
export function scopeValue({ scope, key }: { scope: BudgetScope; key?: string | null }): string {
  return key == null ? scope : `${scope}:${key}`
}

function scopeOf(value: string): { scope: BudgetScope; key: string | null } {
  const at = value.indexOf(':')
  const scope = at === -1 ? value : value.slice(0, at)
  if (!(scope in SCOPE_NAMES)) throw new Unreadable('scopes', 'Choose from the list.')
  return { scope: scope as BudgetScope, key: at === -1 ? null : value.slice(at + 1) }
}

function quietOf(form: FormData): { quietFrom: string | null; quietTo: string | null } {
  const [from, to] = [text(form, 'quietFrom'), text(form, 'quietTo')]
  if (from === '' && to === '') return { quietFrom: null, quietTo: null }
  if (!TIME.test(from)) throw new Unreadable('quietFrom', 'Write when it gets quiet, like 22:00; empty for never.')
  if (!TIME.test(to)) throw new Unreadable('quietTo', 'Write until when it is quiet, like 07:00.')
  return { quietFrom: from, quietTo: to }
}

/** Where it goes; whether that is an address, and one that may be asked, the server says. */
function targetOf(form: FormData, kind: ChannelKind): string {
  const target = text(form, 'target')
  if (target === '')
    throw new Unreadable('target', kind === 'EMAIL' ? 'Write at least one e-mail address.' : 'Write the https address.')
  return target
}

/** What the fields of a channel say. */
export function readChannelForm(form: FormData): Read<ChannelInput> {
  return reading(() => {
    const kind = text(form, 'kind')
    const digest = text(form, 'digest')
    if (!(kind in CHANNEL_KINDS)) throw new Unreadable('kind', 'Choose how it is sent.')
    if (!(digest in DIGESTS)) throw new Unreadable('digest', 'Choose when it is sent.')
    const name = text(form, 'name')
    if (name === '') throw new Unreadable('name', 'Give it a name.')
    const severity = SEVERITY_CHOICES.find(([id]) => id === text(form, 'minSeverity'))?.[0] ?? 'INFO'
    return {
      name,
      kind: kind as ChannelKind,
      target: targetOf(form, kind as ChannelKind),
      kinds: form
        .getAll('kinds')
        .map(String)
        .filter((one): one is AlertKind => one in KIND_NAMES),
      minSeverity: severity,
      scopes: form.getAll('scopes').map(String).map(scopeOf),
      digest: digest as ChannelInput['digest'],
      digestHour: digest === 'DAILY' ? Number.parseInt(text(form, 'digestHour') || '8', 10) : null,
      ...quietOf(form),
      criticalBreaksQuiet: form.get('criticalBreaksQuiet') !== null,
    }
  })
}

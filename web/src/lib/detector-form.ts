import type { AlertKind, DetectorInput } from '../generated/graphql.ts'
import { readAmountInput } from './amount-input.ts'
import { ALERT_KINDS, isLimit } from './alerts.ts'
import { reading, text, Unreadable, type Read } from './read-form.ts'

/** What the detector can look for; limits are budgets' and have no switch here. */
export const DETECTED_KINDS = ALERT_KINDS.filter((kind) => !isLimit(kind))

function amountOf(form: FormData, name: string): string {
  const amount = readAmountInput(text(form, name))
  if (amount === null) throw new Unreadable(name, 'Write a floor like 5 or 12.50.')
  return amount
}

function minutesOf(form: FormData): number | null {
  const hours = text(form, 'escalateAfter')
  if (hours === '') return null
  const plain = readAmountInput(hours, 2)
  const minutes = plain === null ? 0 : Math.round(Number(plain) * 60)
  if (minutes < 1) throw new Unreadable('escalateAfter', 'Write after how many hours, like 4 or 0.5; empty for never.')
  return minutes
}

/** The rules as the fields say; a kind without a tick is off. */
export function readDetectorForm(form: FormData): Read<DetectorInput> {
  return reading(() => {
    const on = new Set(form.getAll('kind').map(String))
    return {
      isEnabled: form.get('isEnabled') !== null,
      disabledKinds: DETECTED_KINDS.filter((kind: AlertKind) => !on.has(kind)),
      minExcess: amountOf(form, 'minExcess'),
      coldExcess: amountOf(form, 'coldExcess'),
      escalateAfterMinutes: minutesOf(form),
    }
  })
}

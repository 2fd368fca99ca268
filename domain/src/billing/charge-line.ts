import type { Fixed18 } from '../money/fixed18.ts'

/** What a line of a charge is for. ALLOWANCE is what a retainer's fee has paid for already, and costs nothing. */
export type ChargeLineKind =
  | 'COST'
  | 'MARKUP'
  | 'USAGE'
  | 'TASK'
  | 'FEE'
  | 'ALLOWANCE'
  | 'OVERAGE'
  | 'AGENT'
  | 'OUTCOME'
  | 'REVERSAL'
  | 'TIME'
  | 'DISCOUNT'
  | 'CAP'
  | 'MINIMUM'
  | 'CREDIT'

/** A line before it is rounded: `exact` is quantity × unitPrice, held at scale 18. */
export interface DraftLine {
  kind: ChargeLineKind
  /** In plain words, without amounts: those are beside it. */
  description: string
  /** The task it is charged for; null for what belongs to the engagement as a whole. */
  taskId: string | null
  /** How many of `unit`, scaled 10^18. */
  quantity: Fixed18
  unit: string
  unitPrice: Fixed18
  exact: Fixed18
}

/** A line of a charge. `amount` is a whole number of the currency's minor unit. */
export interface ChargeLine extends DraftLine {
  amount: Fixed18
}

/** One of something at a price: a fee, an adjustment. */
export function single(
  line: Pick<DraftLine, 'kind' | 'description' | 'unit'> & { amount: Fixed18; taskId?: string | null },
): DraftLine {
  const { kind, description, unit, amount, taskId = null } = line
  return { kind, description, taskId, quantity: ONE, unit, unitPrice: amount, exact: amount }
}

const ONE: Fixed18 = 10n ** 18n

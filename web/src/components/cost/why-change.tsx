import type { SearchParams } from '../../lib/search-params.ts'
import { WhyCostChange } from './why-cost-change.tsx'
import { readWhy, type WhyProps } from './why-panel.tsx'
import { WhyUnitChange } from './why-unit-change.tsx'

/** Whether the address asks for the panel that takes a change apart. */
export function asksWhy(params: SearchParams): boolean {
  return readWhy(params) !== null
}

/** What the address asks about a change, answered; nothing where it asks nothing. */
export function WhyChange(props: WhyProps) {
  return readWhy(props.params) === 'unit' ? <WhyUnitChange {...props} /> : <WhyCostChange {...props} />
}

import type { BillingQuery } from '../../generated/graphql.ts'
import { exactDecimalText, moneyText, percentText } from '../../lib/format.ts'
import type { SearchParams } from '../../lib/search-params.ts'
import { Field } from '../form/field.tsx'
import { Amount } from '../ui/amount.tsx'
import { Card } from '../ui/card.tsx'

interface PriceCardProps {
  proposal: NonNullable<BillingQuery['priceProposal']>
  /** The margin that is looked for, in percent as it was written. */
  target: string
  /** Why what was written was not taken. */
  refusal: string | null
  monthName: string
  path: string
  params: SearchParams
}

/** What would have to be charged to reach a margin. The target is in the address, and works before any script runs. */
export function PriceCard({ proposal, target, refusal, monthName, path, params }: PriceCardProps) {
  const { price, pricePerTask, markup, cost, margin, tasksCompleted } = proposal
  const kept = Object.entries(params).filter(([name]) => name !== 'target')
  return (
    <Card
      id="price"
      title={`${moneyText(price)} would reach ${percentText(margin, 2).replace('.00', '')}`}
      caption={`The least price of what was done in ${monthName}, at the whole of its cost: ${moneyText(cost.total)}`}
    >
      <form action={`${path}#price`} className="no-print mb-3 flex flex-wrap items-end gap-2">
        {kept.map(([name, value]) =>
          typeof value === 'string' && value !== '' ? (
            <input key={name} type="hidden" name={name} value={value} />
          ) : null,
        )}
        <Field label="Margin to reach, in percent" className="w-44">
          <input
            className="field num text-body text-ink"
            name="target"
            inputMode="decimal"
            required
            defaultValue={target}
            autoComplete="off"
            aria-invalid={refusal !== null}
            aria-describedby="target-refusal"
          />
        </Field>
        <button className="control">Show the price</button>
        <p id="target-refusal" role="status" className="basis-full text-caption text-bad empty:hidden">
          {refusal}
        </p>
      </form>
      <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-3">
        <div>
          <dt className="text-caption text-ink-2">For all of it</dt>
          <dd className="num font-semibold">
            <Amount as="text" money={price} />
          </dd>
        </div>
        <div>
          <dt className="text-caption text-ink-2">
            For each of {exactDecimalText(String(tasksCompleted))} completed tasks
          </dt>
          <dd className="num font-semibold">
            <Amount as="text" money={pricePerTask} reason="No task was completed" />
          </dd>
        </div>
        <div>
          <dt className="text-caption text-ink-2">As a markup on cost</dt>
          <dd className="num font-semibold">{percentText(markup, 2)}</dd>
        </div>
      </dl>
    </Card>
  )
}

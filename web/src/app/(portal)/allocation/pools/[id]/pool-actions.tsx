'use client'

import { ActionDialog } from '../../../../../components/form/action-dialog.tsx'
import { Field } from '../../../../../components/form/field.tsx'
import { MonthField } from '../../../../../components/form/month-field.tsx'
import { graphql } from '../../../../../lib/browser-graphql.ts'
import { browserQuery } from '../../../../../lib/browser-api.ts'
import { readMonth } from '../../../../../lib/months.ts'
import { refusalOf } from '../../../../../lib/mutate.ts'
import { readAmountForm } from '../../../../../lib/pool-form.ts'

const SetCostPoolAmountDocument = graphql(`
  mutation SetCostPoolAmount($input: SetCostPoolAmountInput!) {
    setCostPoolAmount(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

const EndCostPoolDocument = graphql(`
  mutation EndCostPool($input: EndCostPoolInput!) {
    endCostPool(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

interface SetAmountProps {
  poolId: string
  name: string
  currency: string
  amount: string
  month: string
  isMonthly: boolean
}

/** What the pool comes to from a month on; what it came to before stays as it was. */
export function SetAmount({ poolId, name, currency, amount, month, isMonthly }: SetAmountProps) {
  async function run(form: FormData): Promise<string | null> {
    const read = readAmountForm(form, currency)
    if (read.kind === 'refused') return read.message
    return refusalOf(
      async () =>
        (await browserQuery(SetCostPoolAmountDocument, { input: { poolId, ...read.value } })).setCostPoolAmount
          .userErrors,
      'The amount was not set.',
    )
  }
  return (
    <ActionDialog
      trigger="Set amount…"
      triggerOf={`of ${name}`}
      title={`What ${name} comes to`}
      confirm="Set the amount"
      busy="Saving…"
      run={run}
    >
      <p>
        {isMonthly
          ? 'It counts from the month on, until the next change. Months before keep their amount.'
          : 'It takes the place of the present amount, which is kept in the history.'}{' '}
        A month that is already run shows as out of date until it is run again.
      </p>
      <div className="grid gap-3 sm:grid-cols-2">
        <MonthField label="From month" name="fromMonth" initial={month} isRequired />
        <Field label={`Amount, ${currency}`} hint="a credit as −50">
          <input
            className="field num text-body text-ink"
            name="amount"
            inputMode="decimal"
            required
            autoComplete="off"
            defaultValue={amount}
          />
        </Field>
      </div>
      <Field label="Note" hint="where it comes from">
        <input className="field text-body text-ink" name="note" maxLength={500} autoComplete="off" />
      </Field>
    </ActionDialog>
  )
}

/** Ends a pool that comes every month. */
export function EndPool({ poolId, name, month }: { poolId: string; name: string; month: string }) {
  async function run(form: FormData): Promise<string | null> {
    const lastMonth = readMonth(String(form.get('lastMonth') ?? ''))
    if (lastMonth === null) return 'Write the last month as a year and a month, like 2026-10.'
    return refusalOf(
      async () => (await browserQuery(EndCostPoolDocument, { input: { poolId, lastMonth } })).endCostPool.userErrors,
      'The pool was not ended.',
    )
  }
  return (
    <ActionDialog
      trigger="End…"
      triggerOf={name}
      title={`End ${name}?`}
      confirm="End the pool"
      busy="Saving…"
      isDangerous
      run={run}
    >
      <p>The pool has no cost after its last month. What was allocated until then stays as it is.</p>
      <MonthField label="Last month" name="lastMonth" initial={month} isRequired />
    </ActionDialog>
  )
}

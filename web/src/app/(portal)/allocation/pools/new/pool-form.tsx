'use client'

import { useRouter } from 'next/navigation'
import { useState, type FormEvent } from 'react'
import { Field } from '../../../../../components/form/field.tsx'
import { MonthField } from '../../../../../components/form/month-field.tsx'
import { Refusal } from '../../../../../components/form/refusal.tsx'
import { Card } from '../../../../../components/ui/card.tsx'
import { Link } from '../../../../../components/ui/link.tsx'
import { graphql } from '../../../../../lib/browser-graphql.ts'
import { CATEGORY_NAMES } from '../../../../../lib/allocation.ts'
import { browserQuery } from '../../../../../lib/browser-api.ts'
import { monthParam } from '../../../../../lib/months.ts'
import { refusalOf } from '../../../../../lib/mutate.ts'
import { NEW_POLICY, readPoolForm } from '../../../../../lib/pool-form.ts'
import { PolicyInputs, type Choice } from '../../policy-inputs.tsx'

const CreateCostPoolDocument = graphql(`
  mutation CreateCostPool($input: CostPoolInput!) {
    createCostPool(input: $input) {
      costPool {
        id
      }
      userErrors {
        message
      }
    }
  }
`)

interface PoolFormProps {
  month: string
  currency: string
  agents: readonly Choice[]
  pools: readonly Choice[]
  resources: readonly string[]
  /** Whether what this person declares is approved with it. */
  isApprovedAtOnce: boolean
}

/** A new pool and how it is split: its first policy comes with it. */
export function PoolForm({ month, currency, agents, pools, resources, isApprovedAtOnce }: PoolFormProps) {
  const router = useRouter()
  const [isMonthly, setMonthly] = useState(false)
  const [invalid, setInvalid] = useState<string | null>(null)
  const [refusal, setRefusal] = useState<string | null>(null)
  const [isSaving, setSaving] = useState(false)

  async function save(form: HTMLFormElement): Promise<void> {
    const read = readPoolForm(new FormData(form))
    setInvalid(read.kind === 'refused' ? read.field : null)
    if (read.kind === 'refused') {
      setRefusal(read.message)
      form.querySelector<HTMLElement>(`[name="${read.field}"]`)?.focus()
      return
    }
    setSaving(true)
    let made: string | null = null
    const message = await refusalOf(async () => {
      const { createCostPool } = await browserQuery(CreateCostPoolDocument, { input: read.value })
      made = createCostPool.costPool?.id ?? null
      return createCostPool.userErrors
    }, 'The pool was not created.')
    setSaving(false)
    setRefusal(message)
    if (message !== null) return
    const at = `?month=${monthParam(read.value.month)}`
    router.push(made === null ? `/allocation${at}` : `/allocation/pools/${encodeURIComponent(made)}${at}`)
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    if (!isSaving) void save(event.currentTarget)
  }

  const input = (name: string, more: Record<string, unknown> = {}) => (
    <input
      className="field text-body text-ink"
      name={name}
      autoComplete="off"
      aria-invalid={invalid === name}
      {...more}
    />
  )
  return (
    <form method="post" onSubmit={onSubmit} className="flex max-w-[880px] flex-col gap-4">
      <Card title="The cost" caption="What is to be split, and for which months">
        <div className="grid grid-cols-6 gap-3">
          <Field label="Name" hint="once a month" className="col-span-6 sm:col-span-3">
            {input('name', { required: true, maxLength: 200, placeholder: 'Vector DB hosting' })}
          </Field>
          <Field label="Category" className="col-span-6 sm:col-span-3">
            <select className="field text-body text-ink" name="category">
              {Object.entries(CATEGORY_NAMES).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </Field>
          <Field label="Comes" className="col-span-6 sm:col-span-2">
            <select
              className="field text-body text-ink"
              name="recurrence"
              value={isMonthly ? 'MONTHLY' : 'ONCE'}
              onChange={(event) => setMonthly(event.target.value === 'MONTHLY')}
            >
              <option value="ONCE">once, in one month</option>
              <option value="MONTHLY">every month</option>
            </select>
          </Field>
          <MonthField
            label={isMonthly ? 'From month' : 'Month'}
            name="month"
            initial={monthParam(month)}
            isRequired
            isInvalid={invalid === 'month'}
            className="col-span-6 sm:col-span-2"
          />
          {isMonthly ? (
            <MonthField
              label="Last month"
              hint="empty: until ended"
              name="lastMonth"
              initial=""
              isInvalid={invalid === 'lastMonth'}
              className="col-span-6 sm:col-span-2"
            />
          ) : null}
          <Field
            label={isMonthly ? 'Amount a month' : 'Amount'}
            hint="a credit as −50"
            className="col-span-4 sm:col-span-2 sm:col-start-1"
          >
            {input('amount', { required: true, inputMode: 'decimal', className: 'field num text-body text-ink' })}
          </Field>
          <Field label="Currency" className="col-span-2 sm:col-span-1">
            {input('currency', { required: true, maxLength: 3, defaultValue: currency })}
          </Field>
        </div>
        <details className="mt-4">
          <summary className="link inline-flex min-h-8 items-center">A named resource, a capacity</summary>
          <div className="mt-2 grid grid-cols-6 gap-3">
            <Field label="Shared resource" hint="for uses of the resource" className="col-span-6 sm:col-span-2">
              {input('resource', { list: 'pool-resources' })}
            </Field>
            <Field label="Its provider" hint="empty: any" className="col-span-6 sm:col-span-2">
              {input('provider')}
            </Field>
            <Field label="Capacity a month" hint="in what usage counts" className="col-span-6 sm:col-span-2">
              {input('capacity', { inputMode: 'decimal', className: 'field num text-body text-ink' })}
            </Field>
          </div>
          <datalist id="pool-resources">
            {resources.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </details>
      </Card>
      <Card
        title="How it is split"
        caption={
          isApprovedAtOnce
            ? 'Version 1 of its policy, approved with your name'
            : 'Version 1 of its policy; somebody else approves it before the pool can be run'
        }
        className="overflow-visible!"
      >
        <PolicyInputs fields={NEW_POLICY} agents={agents} pools={pools} invalid={invalid} />
      </Card>
      <Refusal text={refusal} />
      <div className="flex flex-wrap items-center gap-2">
        <button className="control control-primary" disabled={isSaving} aria-busy={isSaving}>
          {isSaving ? 'Creating…' : 'Create the pool'}
        </button>
        <Link className="control" href={`/allocation?month=${monthParam(month)}`}>
          Cancel
        </Link>
        <span className="text-caption text-ink-3">Nothing is allocated until the month is run.</span>
      </div>
    </form>
  )
}

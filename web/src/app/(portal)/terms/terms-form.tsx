'use client'

import { useRouter } from 'next/navigation'
import { useRef, useState, type FormEvent, type ReactNode } from 'react'
import { ChargeLines } from '../../../components/billing/charge-lines.tsx'
import { Field } from '../../../components/form/field.tsx'
import { Refusal } from '../../../components/form/refusal.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { Link } from '../../../components/ui/link.tsx'
import type { BillingModel, EngagementInput, TryTermsQuery } from '../../../generated/graphql.ts'
import { browserQuery } from '../../../lib/browser-api.ts'
import { graphql } from '../../../lib/browser-graphql.ts'
import { currencySymbol, moneyText, percentText } from '../../../lib/format.ts'
import { fieldOfRefusal, readTermsForm, type TermsFields } from '../../../lib/terms-form.ts'
import { BASIS_WORDS, MODEL_NAMES, REVENUE_SOURCES, UNIT_NAMES } from '../../../lib/terms-text.ts'
import { Prices } from './price-fields.tsx'

const SetTermsDocument = graphql(`
  mutation SetTerms($input: EngagementInput!) {
    setEngagement(input: $input) {
      userErrors {
        message
        field
      }
    }
  }
`)

const TryTermsDocument = graphql(`
  query TryTerms($input: EngagementInput!, $month: Date!) {
    chargePreview(input: $input, month: $month) {
      userErrors {
        message
        field
      }
      charge {
        lineCount
        lines(first: 50) {
          kind
          description
          quantity
          unit
          unitPrice {
            amount
            currency
          }
          amount {
            amount
            currency
          }
        }
        total {
          amount
          currency
        }
        cost {
          total {
            amount
            currency
          }
        }
        margin {
          amount
          currency
        }
        marginRatio
      }
    }
  }
`)

type Tried = NonNullable<TryTermsQuery['chargePreview']['charge']>

interface Wanted {
  name: string
  label: ReactNode
  hint?: string
  className?: string
  initial?: string
  isNumber?: boolean
  type?: 'date'
  /** A choice of names instead of a text. */
  choices?: Readonly<Record<string, string>>
  onChange?: (value: string) => void
}

/** Draws a field with its name, and beside it what is refused of it. */
export type Input = (wanted: Wanted) => ReactNode

interface TermsFormProps {
  place: Pick<EngagementInput, 'clientKey' | 'projectKey'>
  backHref: string
  fields: TermsFields
  /** The first day that is offered. */
  from: string
  currency: string
  /** The month that terms are tried on. */
  tried: { month: string; name: string }
}

/** Terms from a day on: how it is charged, and what bounds it. They can be tried on the last month before they are set. */
export function TermsForm({ place, backHref, fields, from, currency, tried: past }: TermsFormProps) {
  const router = useRouter()
  const form = useRef<HTMLFormElement>(null)
  const [model, setModel] = useState(fields.model)
  const [refused, setRefused] = useState<{ field: string; message: string } | null>(null)
  const [busy, setBusy] = useState<'saving' | 'trying' | null>(null)
  const [tried, setTried] = useState<Tried | null>(null)
  const symbol = currencySymbol(currency)

  function refuse(field: string, message: string): void {
    const control = form.current?.elements.namedItem(field)
    const isShown = control instanceof HTMLElement
    setRefused({ field: isShown ? field : '', message })
    if (isShown) control.focus()
  }

  function read(): EngagementInput | null {
    setRefused(null)
    if (form.current === null) return null
    const result = readTermsForm(new FormData(form.current), place)
    if (result.kind === 'read') return result.value
    refuse(result.field, result.message)
    return null
  }

  async function run(
    what: 'saving' | 'trying',
    ask: (input: EngagementInput) => Promise<readonly { message: string; field?: readonly string[] | null }[]>,
  ): Promise<boolean> {
    const input = read()
    if (input === null) return false
    setBusy(what)
    try {
      const [error] = await ask(input)
      if (error !== undefined) refuse(fieldOfRefusal(error.field), error.message)
      return error === undefined
    } catch (error) {
      refuse('', error instanceof Error ? error.message : 'The server did not answer.')
      return false
    } finally {
      setBusy(null)
    }
  }

  async function tryThem(): Promise<void> {
    setTried(null)
    await run('trying', async (input) => {
      const { chargePreview } = await browserQuery(TryTermsDocument, { input, month: past.month })
      setTried(chargePreview.charge ?? null)
      return chargePreview.userErrors
    })
  }

  async function save(): Promise<void> {
    const isSet = await run(
      'saving',
      async (input) => (await browserQuery(SetTermsDocument, { input })).setEngagement.userErrors,
    )
    if (isSet) router.push(backHref)
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    if (busy === null) void save()
  }

  const input: Input = (wanted) => (
    <TermsField key={wanted.name} {...wanted} refusal={refused?.field === wanted.name ? refused.message : null} />
  )
  const amount = (name: string, label: string, hint?: string) =>
    input({
      ...{ name, label: `${label}, ${symbol}`, isNumber: true, className: 'col-span-6 sm:col-span-3' },
      ...{ initial: fields.values[name] ?? '' },
      ...(hint === undefined ? {} : { hint }),
    })
  return (
    <form
      ref={form}
      method="post"
      noValidate
      onSubmit={onSubmit}
      onChange={() => setTried(null)}
      className="flex max-w-[880px] flex-col gap-4"
    >
      <Card
        title="From when"
        caption="Terms that are in force on the first day end there; those that begin on it are replaced. A closed month keeps its terms"
      >
        <div className="grid grid-cols-6 gap-3">
          {input({
            ...{ name: 'effectiveFrom', label: 'First day', type: 'date', initial: from },
            className: 'col-span-6 sm:col-span-3',
          })}
          {input({
            ...{ name: 'effectiveTo', label: 'First day without them', hint: 'empty: no end', type: 'date' },
            className: 'col-span-6 sm:col-span-3',
          })}
          {input({
            ...{ name: 'revenueSource', label: 'Revenue in dashboards', className: 'col-span-6' },
            ...{ initial: fields.revenueSource, choices: REVENUE_SOURCES },
          })}
          {input({ name: 'note', label: 'Note', hint: 'where it was agreed', className: 'col-span-6' })}
        </div>
      </Card>
      <Card title="How it is charged">
        <div className="grid grid-cols-6 gap-3">
          {input({
            ...{ name: 'terms.model', label: 'Model', className: 'col-span-6 sm:col-span-3', initial: model },
            choices: MODEL_NAMES,
            onChange: (value) => setModel(value as BillingModel),
          })}
          <ModelFields key={model} model={model} fields={fields} input={input} amount={amount} />
        </div>
        {model === 'RATE_CARD' ? (
          <div className="mt-4">
            <Prices initial={fields.prices} input={input} />
          </div>
        ) : null}
      </Card>
      <Card title="What bounds it" caption="In this order: the discount, the most and the least of a month, the credit">
        <div className="grid grid-cols-6 gap-3">
          {input({
            ...{ name: 'terms.discount', label: 'Discount', hint: 'in percent', isNumber: true },
            ...{ className: 'col-span-6 sm:col-span-3', initial: fields.values['terms.discount'] ?? '' },
          })}
          {amount('terms.credit', 'Credit', 'used up from the first month on')}
          {amount('terms.minimum', 'Least of a month')}
          {amount('terms.cap', 'Most of a month')}
        </div>
      </Card>
      <div role="status" className="empty:hidden">
        {tried === null ? null : <TriedCharge charge={tried} monthName={past.name} />}
      </div>
      <Refusal text={refused !== null && refused.field === '' ? refused.message : null} />
      <div className="flex flex-wrap items-center gap-2">
        <button className="control control-primary" disabled={busy !== null} aria-busy={busy === 'saving'}>
          {busy === 'saving' ? 'Saving…' : 'Set the terms'}
        </button>
        <button
          type="button"
          className="control"
          disabled={busy !== null}
          aria-busy={busy === 'trying'}
          onClick={() => void tryThem()}
        >
          {busy === 'trying' ? 'Trying…' : `Try them on ${past.name}`}
        </button>
        <Link className="control" href={backHref}>
          Cancel
        </Link>
      </div>
    </form>
  )
}

interface ModelFieldsProps {
  model: BillingModel
  fields: TermsFields
  input: Input
  amount: (name: string, label: string, hint?: string) => ReactNode
}

/** What one model asks for. */
function ModelFields({ model, fields, input, amount }: ModelFieldsProps) {
  const half = 'col-span-6 sm:col-span-3'
  const value = (name: string) => fields.values[name] ?? ''
  const number = (name: string, label: string, hint: string) =>
    input({ name, label, hint, isNumber: true, className: half, initial: value(name) })
  const basis = input({
    ...{ name: 'terms.basis', label: 'Cost that counts', className: half },
    ...{ initial: value('terms.basis') || 'FULLY_LOADED', choices: BASIS_WORDS },
  })
  switch (model) {
    case 'PASS_THROUGH':
      return basis
    case 'COST_PLUS':
      return (
        <>
          {basis}
          {number('terms.markup', 'Markup', 'in percent of the cost')}
          {amount('terms.markupFloor', 'Least markup of a month')}
          {amount('terms.markupCap', 'Most markup of a month')}
        </>
      )
    case 'RATE_CARD':
      return null
    case 'PER_TASK':
      return amount('terms.price', 'For each completed task')
    case 'RETAINER':
      return (
        <>
          {amount('terms.price', 'Fee of a month')}
          {input({
            ...{ name: 'terms.unit', label: 'Counts', className: half },
            ...{ initial: value('terms.unit') || 'TASKS', choices: UNIT_NAMES },
          })}
          {number('terms.allowance', 'Allowance of a month', 'what the fee pays for')}
          {amount('terms.overagePrice', 'For each one beyond')}
          {number('terms.carryOverMonths', 'Carried over for', 'months; empty: it lapses')}
          {number('terms.carryOverMax', 'At most carried over', 'empty: all of it')}
        </>
      )
    case 'PER_AGENT':
      return (
        <>
          {amount('terms.price', 'For each active agent, a month')}
          <label className="col-span-6 flex min-h-8 items-center gap-2.5">
            <input
              type="checkbox"
              name="terms.isProrated"
              defaultChecked={fields.isProrated}
              className="size-4 shrink-0 accent-[var(--accent)]"
            />
            <span>Charge an agent from its first day on</span>
          </label>
        </>
      )
    case 'OUTCOME':
      return (
        <>
          {amount('terms.price', 'For each completed task')}
          {number('terms.reversalDays', 'May be taken back for', 'days; empty: however late')}
        </>
      )
    case 'TIME':
      return (
        <>
          {amount('terms.price', 'For each hour')}
          {number('terms.incrementMinutes', 'Rounded up to steps of', 'minutes; empty: 1')}
        </>
      )
    default:
      return model satisfies never
  }
}

interface TermsFieldProps extends Wanted {
  refusal: string | null
}

function TermsField({
  name,
  label,
  hint,
  className,
  initial = '',
  isNumber,
  type,
  choices,
  onChange,
  refusal,
}: TermsFieldProps) {
  const described = { 'aria-invalid': refusal !== null, 'aria-describedby': `${name}-refusal` }
  return (
    <div className={`min-w-0 ${className ?? ''}`}>
      <Field label={label} hint={hint}>
        {choices === undefined ? (
          <input
            {...described}
            className={`field text-body text-ink ${isNumber ? 'num' : ''}`}
            name={name}
            type={type}
            inputMode={isNumber ? 'decimal' : undefined}
            defaultValue={initial}
            maxLength={type === undefined ? 500 : undefined}
            autoComplete="off"
          />
        ) : (
          <select
            {...described}
            className="field text-body text-ink"
            name={name}
            defaultValue={initial}
            onChange={(event) => onChange?.(event.target.value)}
          >
            {Object.entries(choices).map(([id, words]) => (
              <option key={id} value={id}>
                {words}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Refusal id={`${name}-refusal`} text={refusal} />
    </div>
  )
}

/** What the terms would have charged, had they been in force for the whole of the month. */
function TriedCharge({ charge, monthName }: { charge: Tried; monthName: string }) {
  const { lines, lineCount, total, cost, margin, marginRatio } = charge
  const ratio = marginRatio == null ? '' : ` (${percentText(marginRatio)})`
  return (
    <Card
      flush
      title={`${monthName} would have been charged ${moneyText(total)}`}
      caption={`It cost ${moneyText(cost.total)}: a margin of ${moneyText(margin)}${ratio}. Tried with the fields above; nothing is set`}
    >
      {lines.length === 0 ? (
        <p className="px-3.5 pb-4 text-ink-2 sm:px-5">Nothing was used that these terms charge for.</p>
      ) : (
        <ChargeLines
          label={`What ${monthName} would have been charged`}
          lines={lines}
          count={lineCount}
          allHref={null}
          total={total}
        />
      )}
    </Card>
  )
}

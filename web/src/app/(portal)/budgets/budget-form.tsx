'use client'

import { useRouter } from 'next/navigation'
import { useRef, useState, type FormEvent } from 'react'
import { PickOne } from '../../../components/form/pick-one.tsx'
import { Field } from '../../../components/form/field.tsx'
import { Refusal } from '../../../components/form/refusal.tsx'
import { MiniTable } from '../../../components/table/mini-table.tsx'
import { Amount } from '../../../components/ui/amount.tsx'
import { Card } from '../../../components/ui/card.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { graphql } from '../../../lib/browser-graphql.ts'
import type { BudgetScope, BudgetWindow, TryBudgetQuery } from '../../../generated/graphql.ts'
import { SCOPE_NAMES } from '../../../lib/alerts.ts'
import { browserQuery } from '../../../lib/browser-api.ts'
import { readBudgetForm, type BudgetFields } from '../../../lib/budget-form.ts'
import { WINDOW_NAMES } from '../../../lib/budgets.ts'
import { dateText } from '../../../lib/calendar.ts'
import { currencySymbol, percentText } from '../../../lib/format.ts'
import { refusalOf } from '../../../lib/mutate.ts'

const SetBudgetDocument = graphql(`
  mutation SetBudget($input: BudgetInput!) {
    setBudget(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

const TryBudgetDocument = graphql(`
  query TryBudget($input: BudgetInput!) {
    budgetBacktest(input: $input, days: 90) {
      from
      to
      sentence
      firings {
        day
        windowStart
        threshold
        spent {
          amount
          currency
        }
        amount {
          amount
          currency
        }
      }
    }
  }
`)

type Backtest = TryBudgetQuery['budgetBacktest']

interface Member {
  key: string
  name: string
}

interface BudgetFormProps {
  fields: BudgetFields
  /** What there is to choose from, by scope. */
  members: Readonly<Record<Exclude<BudgetScope, 'FLEET'>, readonly Member[]>>
  /** A budget that is there keeps what it is of; its amount and its alerts change. */
  isNew: boolean
}

const USUAL: Readonly<Record<BudgetScope, (window: BudgetWindow) => string>> = {
  FLEET: (window) => (window === 'MONTH' ? '80, 100' : '100'),
  AGENT: (window) => (window === 'DAY' ? '150' : '100'),
  CLIENT: () => '80, 90, 100',
  PROJECT: () => '80, 90, 100',
}

/** A budget: of what, for how long, how much, and when it tells. It can be tried on the past before it is saved. */
export function BudgetForm({ fields, members, isNew }: BudgetFormProps) {
  const router = useRouter()
  const form = useRef<HTMLFormElement>(null)
  const [scope, setScope] = useState(fields.scope)
  const [window, setWindow] = useState(fields.window)
  const [invalid, setInvalid] = useState<string | null>(null)
  const [refusal, setRefusal] = useState<string | null>(null)
  const [busy, setBusy] = useState<'saving' | 'trying' | null>(null)
  const [tried, setTried] = useState<Backtest | null>(null)

  function read() {
    if (form.current === null) return null
    const result = readBudgetForm(new FormData(form.current))
    setInvalid(result.kind === 'refused' ? result.field : null)
    setRefusal(result.kind === 'refused' ? result.message : null)
    if (result.kind === 'read') return result.value
    form.current.querySelector<HTMLElement>(`[name="${result.field}"]`)?.focus()
    return null
  }

  async function tryIt(): Promise<void> {
    const input = read()
    if (input === null) return
    setBusy('trying')
    setTried(null)
    try {
      setTried((await browserQuery(TryBudgetDocument, { input })).budgetBacktest)
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : 'It was not tried.')
    }
    setBusy(null)
  }

  async function save(): Promise<void> {
    const input = read()
    if (input === null) return
    setBusy('saving')
    const message = await refusalOf(
      async () => (await browserQuery(SetBudgetDocument, { input })).setBudget.userErrors,
      'The budget was not saved.',
    )
    setBusy(null)
    setRefusal(message)
    if (message === null) router.push('/budgets')
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    if (busy === null) void save()
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
    <form
      ref={form}
      method="post"
      onSubmit={onSubmit}
      onChange={() => setTried(null)}
      className="flex max-w-[880px] flex-col gap-4"
    >
      <Card title="The budget" caption="Direct and shared cost; pools are not in it">
        <div className="grid grid-cols-6 gap-3">
          <Field label="Of" className="col-span-6 sm:col-span-2">
            <Choice name="scope" isFixed={!isNew} value={scope} names={SCOPE_NAMES} onChange={setScope} />
          </Field>
          {scope === 'FLEET' ? null : (
            <Field label={SCOPE_NAMES[scope]} className="col-span-6 sm:col-span-4">
              <MemberChoice
                key={scope}
                scope={scope}
                isFixed={!isNew}
                initial={fields.key}
                members={members[scope]}
                isInvalid={invalid === 'key'}
              />
            </Field>
          )}
          <Field label="Counts" className="col-span-6 sm:col-span-2 sm:col-start-1">
            <Choice name="window" isFixed={!isNew} value={window} names={WINDOW_NAMES} onChange={setWindow} />
          </Field>
          {window === 'CUSTOM' ? (
            <>
              <Field label="First day" className="col-span-3 sm:col-span-2">
                {input('from', { type: 'date', required: true, defaultValue: fields.from, readOnly: !isNew })}
              </Field>
              <Field label="Last day" className="col-span-3 sm:col-span-2">
                {input('last', { type: 'date', required: true, defaultValue: fields.last, readOnly: !isNew })}
              </Field>
            </>
          ) : null}
          {window === 'TOTAL' ? (
            <Field label="From" hint="empty: the beginning" className="col-span-6 sm:col-span-2">
              {input('startsOn', { type: 'date', defaultValue: fields.startsOn, readOnly: !isNew })}
            </Field>
          ) : null}
          <Field label={`Amount ${WINDOW_NAMES[window]}`} className="col-span-4 sm:col-span-2 sm:col-start-1">
            {input('amount', {
              required: true,
              inputMode: 'decimal',
              defaultValue: fields.amount,
              className: 'field num text-body text-ink',
            })}
          </Field>
          <Field label="Currency" className="col-span-2 sm:col-span-1">
            {input('currency', { required: true, maxLength: 3, defaultValue: fields.currency })}
          </Field>
          {scope === 'AGENT' && window === 'DAY' ? (
            <label className="col-span-6 flex min-h-8 items-center gap-2.5">
              <input
                type="checkbox"
                name="learn"
                defaultChecked={fields.learn}
                className="size-4 shrink-0 accent-[var(--accent)]"
              />
              <span>
                Learn the expected daily cost each night
                <span className="text-ink-3"> · the amount holds until then</span>
              </span>
            </label>
          ) : null}
        </div>
      </Card>
      <Card
        title="When it tells"
        caption="In percent of the budget; each threshold tells once in a window, again only when the budget changes"
      >
        <div className="grid grid-cols-6 gap-3">
          <Field label="Spent reaches" hint={`empty: ${USUAL[scope](window)}`} className="col-span-6 sm:col-span-3">
            {input('thresholds', { defaultValue: fields.thresholds, placeholder: USUAL[scope](window) })}
          </Field>
          <Field label="Forecast reaches" hint="empty: never" className="col-span-6 sm:col-span-3">
            {input('forecastThresholds', { defaultValue: fields.forecastThresholds, placeholder: '100' })}
          </Field>
          <Field label="Note" hint="who agreed on it" className="col-span-6">
            {input('note', { maxLength: 500, defaultValue: fields.note })}
          </Field>
        </div>
      </Card>
      <div role="status" className="empty:hidden">
        {tried === null ? null : <Tried backtest={tried} />}
      </div>
      <Refusal text={refusal} />
      <div className="flex flex-wrap items-center gap-2">
        <button className="control control-primary" disabled={busy !== null} aria-busy={busy === 'saving'}>
          {busy === 'saving' ? 'Saving…' : 'Save the budget'}
        </button>
        <button
          type="button"
          className="control"
          disabled={busy !== null}
          aria-busy={busy === 'trying'}
          onClick={() => void tryIt()}
        >
          {busy === 'trying' ? 'Trying…' : 'Try it on the last 90 days'}
        </button>
        <Link className="control" href="/budgets">
          Cancel
        </Link>
      </div>
    </form>
  )
}

interface ChoiceProps<Name extends string> {
  name: string
  value: Name
  names: Readonly<Record<Name, string>>
  isFixed: boolean
  onChange: (value: Name) => void
}

/** One of a few names; what is fixed is said and sent along, and cannot be changed. */
function Choice<Name extends string>({ name, value, names, isFixed, onChange }: ChoiceProps<Name>) {
  if (isFixed) {
    return (
      <>
        <input type="hidden" name={name} value={value} />
        <input className="field text-body text-ink-2" value={names[value]} readOnly />
      </>
    )
  }
  return (
    <select
      className="field text-body text-ink"
      name={name}
      value={value}
      onChange={(event) => onChange(event.target.value as Name)}
    >
      {(Object.entries(names) as [Name, string][]).map(([id, label]) => (
        <option key={id} value={id}>
          {label}
        </option>
      ))}
    </select>
  )
}

interface MemberChoiceProps {
  scope: Exclude<BudgetScope, 'FLEET'>
  members: readonly Member[]
  initial: string
  isFixed: boolean
  isInvalid: boolean
}

function MemberChoice({ scope, members, initial, isFixed, isInvalid }: MemberChoiceProps) {
  const known = members.find((one) => one.key === initial)
  if (isFixed) {
    return (
      <>
        <input type="hidden" name="key" value={initial} />
        <input className="field text-body text-ink-2" value={known?.name ?? initial} readOnly />
      </>
    )
  }
  return (
    <PickOne
      name="key"
      label={SCOPE_NAMES[scope]}
      kind={scope}
      options={members}
      initial={initial}
      placeholder={members.length === 0 ? 'there is none yet' : 'choose one'}
      showsKeys
      isInvalid={isInvalid}
      className="field text-body text-ink"
    />
  )
}

/** What the budget would have told in the past. */
function Tried({ backtest }: { backtest: Backtest }) {
  const symbol = currencySymbol(backtest.firings[0]?.amount.currency ?? 'GBP')
  return (
    <Card
      flush
      title={sentenceOf(backtest.sentence)}
      caption="Tried with the fields above, on what was spent; nothing is saved"
    >
      {backtest.firings.length === 0 ? (
        <p className="px-3.5 pb-4 sm:px-5 text-ink-2">No day reached a threshold.</p>
      ) : (
        <MiniTable
          label="When it would have fired"
          maxHeight={280}
          heads={[
            { label: 'Day' },
            { label: 'Threshold', isNumber: true, isMain: true },
            { label: `Spent by then, ${symbol}`, isNumber: true },
            { label: `Budget, ${symbol}`, isNumber: true },
          ]}
          rows={backtest.firings.map((firing) => ({
            id: `${firing.day} ${firing.threshold}`,
            cells: [
              dateText(firing.day, { year: true }),
              percentText(firing.threshold, 0),
              <Amount key="spent" money={firing.spent} />,
              <Amount key="amount" money={firing.amount} />,
            ],
          }))}
        />
      )}
    </Card>
  )
}

/** The API's sentence, begun as a heading begins. */
function sentenceOf(sentence: string): string {
  return `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}`
}

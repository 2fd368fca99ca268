'use client'

import { Plus, Trash2 } from 'lucide-react'
import { useRef, useState, type ReactNode } from 'react'
import { Field } from '../../../components/form/field.tsx'
import { MonthField } from '../../../components/form/month-field.tsx'
import { PickMany } from '../../../components/form/pick-many.tsx'
import { BASIS_NAMES, fallbackText, IDLE_NAMES, METHOD_NAMES } from '../../../lib/allocation.ts'
import { FALLBACK_CHAINS, type PolicyFields } from '../../../lib/pool-form.ts'
import { isMethod } from '../../../lib/what-if.ts'

export interface Choice {
  value: string
  label: string
}

interface PolicyInputsProps {
  fields: PolicyFields
  agents: readonly Choice[]
  /** Other pools of the month, which this one may serve. */
  pools: readonly Choice[]
  /** The name of the field that could not be read. */
  invalid: string | null
}

/** The fields of how a pool is split. They keep their own values; the form they stand in is read when it is sent. */
export function PolicyInputs({ fields, agents, pools, invalid }: PolicyInputsProps) {
  const [method, setMethod] = useState(fields.method)
  return (
    <div className="flex flex-col gap-4">
      <div className="grid grid-cols-6 gap-3">
        <Field label="Method" className="col-span-6 sm:col-span-2">
          <select
            className="field text-body text-ink"
            name="method"
            value={method}
            onChange={(event) => setMethod(isMethod(event.target.value) ? event.target.value : method)}
          >
            {Object.entries(METHOD_NAMES).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </Field>
        {method === 'USAGE' ? (
          <Field label="By" className="col-span-6 sm:col-span-2">
            <select className="field text-body text-ink" name="basis" defaultValue={fields.basis}>
              {Object.entries(BASIS_NAMES).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </Field>
        ) : null}
        {method === 'OVERHEAD_RATE' ? (
          <Field label="Rate, %" hint="of direct cost" className="col-span-6 sm:col-span-2">
            <input
              className="field num text-body text-ink"
              name="rate"
              inputMode="decimal"
              required
              autoComplete="off"
              defaultValue={fields.rate}
              aria-invalid={invalid === 'rate'}
            />
          </Field>
        ) : null}
        <div className="col-span-6 flex flex-col items-start gap-1 text-caption text-ink-2 sm:col-span-2">
          <span>
            Agents that share it<span className="text-ink-3"> · none: all active</span>
          </span>
          <PickMany
            name="scope"
            noun="agents"
            options={agents}
            initial={fields.scope}
            finds={{ kinds: ['AGENT'], valueOf: 'key' }}
          />
        </div>
        <Field label="When every weight is zero" className="col-span-6 sm:col-span-3">
          <select className="field text-body text-ink" name="fallback" defaultValue={fields.fallback}>
            {FALLBACK_CHAINS.map((chain) => (
              <option key={chain.join()} value={chain.join()}>
                {fallbackText(chain)}
              </option>
            ))}
          </select>
        </Field>
        <Field label="Capacity that nobody used" hint="of pools with a capacity" className="col-span-6 sm:col-span-3">
          <select className="field text-body text-ink" name="idle" defaultValue={fields.idle}>
            {Object.entries(IDLE_NAMES).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </Field>
      </div>
      <Rows
        title="Multipliers"
        hint="an agent’s weight counts so many times; without one, once"
        add="Add a multiplier"
        initial={fields.multipliers}
        fresh={{ agent: '', times: '' }}
        isPossible={agents.length > 0}
        row={(row) => (
          <>
            <Picker label="Agent" name="multiplier.agent" choices={agents} initial={row.agent} />
            <TextField
              label="Times"
              name="multiplier.times"
              initial={row.times}
              invalid={invalid}
              inputMode="decimal"
              className="w-24"
            />
          </>
        )}
      />
      <Rows
        title="Exemptions"
        hint="months in which an agent takes no share"
        add="Add an exemption"
        initial={fields.exemptions}
        fresh={{ agent: '', from: '', last: '', reason: '' }}
        isPossible={agents.length > 0}
        row={(row) => (
          <>
            <Picker label="Agent" name="exemption.agent" choices={agents} initial={row.agent} />
            <MonthField
              label="First month"
              name="exemption.from"
              initial={row.from}
              isRequired
              isInvalid={invalid === 'exemption.from'}
            />
            <MonthField
              label="Last month"
              hint="empty: open"
              name="exemption.last"
              initial={row.last}
              isInvalid={invalid === 'exemption.last'}
            />
            <TextField
              label="Reason"
              name="exemption.reason"
              initial={row.reason}
              invalid={invalid}
              className="min-w-40 flex-1"
            />
          </>
        )}
      />
      <Rows
        title="Serves other pools"
        hint="a fixed part is passed on and split with the pool it serves"
        add="Add a served pool"
        initial={fields.feeds}
        fresh={{ poolId: '', percent: '' }}
        isPossible={pools.length > 0}
        row={(row) => (
          <>
            <Picker label="Pool" name="feed.poolId" choices={pools} initial={row.poolId} />
            <TextField
              label="Part, %"
              name="feed.percent"
              initial={row.percent}
              invalid={invalid}
              inputMode="decimal"
              className="w-24"
            />
          </>
        )}
      />
      <Field label="Note" hint="why it is split this way">
        <input
          className="field text-body text-ink"
          name="note"
          maxLength={500}
          defaultValue={fields.note}
          autoComplete="off"
        />
      </Field>
    </div>
  )
}

interface TextFieldProps {
  label: string
  name: string
  initial: string
  invalid: string | null
  inputMode?: 'decimal'
  className?: string
}

function TextField({ label, name, initial, invalid, inputMode, className }: TextFieldProps) {
  return (
    <Field label={label} className={className}>
      <input
        className={`field text-body text-ink ${inputMode === undefined ? '' : 'num'}`}
        name={name}
        required
        autoComplete="off"
        inputMode={inputMode}
        defaultValue={initial}
        aria-invalid={invalid === name}
      />
    </Field>
  )
}

interface PickerProps {
  label: string
  name: string
  choices: readonly Choice[]
  initial: string
}

function Picker({ label, name, choices, initial }: PickerProps) {
  const isKnown = initial === '' || choices.some((choice) => choice.value === initial)
  return (
    <Field label={label} className="w-56 max-w-full">
      <select className="field text-body text-ink" name={name} required defaultValue={initial}>
        <option value="" disabled>
          Choose one
        </option>
        {isKnown ? null : <option value={initial}>{initial}</option>}
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </Field>
  )
}

interface RowsProps<Row> {
  title: string
  hint: string
  add: string
  initial: readonly Row[]
  fresh: Row
  /** Without anything to choose there is nothing to add. */
  isPossible: boolean
  row: (row: Row) => ReactNode
}

/** Any number of rows of the same fields. */
function Rows<Row>({ title, hint, add, initial, fresh, isPossible, row }: RowsProps<Row>) {
  const made = useRef(initial.length)
  const [rows, setRows] = useState(initial.map((values, id) => ({ id, values })))
  if (!isPossible && rows.length === 0) return null

  function append(): void {
    made.current += 1
    const id = made.current
    setRows((now) => [...now, { id, values: fresh }])
  }

  return (
    <fieldset className="min-w-0">
      <legend className="text-caption text-ink-2">
        {title}
        <span className="text-ink-3"> · {hint}</span>
      </legend>
      {rows.map(({ id, values }, index) => (
        <div key={id} className="mt-2 flex flex-wrap items-end gap-2">
          {row(values)}
          <button
            type="button"
            className="control"
            aria-label={`Remove ${index + 1} of ${title.toLowerCase()}`}
            onClick={() => setRows((now) => now.filter((one) => one.id !== id))}
          >
            <Trash2 size={14} strokeWidth={1.6} aria-hidden />
          </button>
        </div>
      ))}
      <p className="mt-2">
        <button type="button" className="control" onClick={append}>
          <Plus size={16} strokeWidth={1.4} aria-hidden />
          {add}
        </button>
      </p>
    </fieldset>
  )
}

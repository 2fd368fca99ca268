'use client'

import { useRouter } from 'next/navigation'
import { useRef, useState, type FormEvent } from 'react'
import { Field } from '../../../../components/form/field.tsx'
import { Refusal } from '../../../../components/form/refusal.tsx'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { graphql } from '../../../../lib/browser-graphql.ts'
import type { AlertKind, TryDetectorQuery } from '../../../../generated/graphql.ts'
import { KIND_NAMES } from '../../../../lib/alerts.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { dateText } from '../../../../lib/calendar.ts'
import { DETECTED_KINDS, readDetectorForm } from '../../../../lib/detector-form.ts'
import { currencySymbol, exactDecimalText, signedAmountText } from '../../../../lib/format.ts'
import { refusalOf } from '../../../../lib/mutate.ts'

const UpdateDetectorDocument = graphql(`
  mutation UpdateDetector($input: DetectorInput!) {
    updateDetector(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

const TryDetectorDocument = graphql(`
  query TryDetector($input: DetectorInput) {
    detectorBacktest(input: $input, days: 90) {
      sentence
      firings {
        firstDay
        lastDay
        kind
        subject {
          dimension
          label
        }
        impact {
          amount
          currency
        }
      }
    }
  }
`)

type Backtest = TryDetectorQuery['detectorBacktest']

interface DetectorFormProps {
  isEnabled: boolean
  disabledKinds: readonly AlertKind[]
  minExcess: string
  coldExcess: string
  escalateAfterMinutes: number | null
  currency: string
  mayManage: boolean
}

const HINTS: Partial<Record<AlertKind, string>> = {
  COST_SPIKE: 'a day far from what its weekday usually costs, and a pace that leads there',
  COST_SHIFT: 'days that stay above their level',
  AGENT_FANOUT: 'agents in a project that were not seen in it for 28 days',
  NEW_RESOURCE: 'a model or tool that was never used before',
  UNPRICED_USAGE: 'usage that is in no amount, and so in no budget',
  CHAIN_SHAPE: 'chains deeper, or with more calls, than nearly all before',
}

/** What is looked for beside budgets, from which amount on, and when it gets louder. It can be tried on the past. */
export function DetectorForm(props: DetectorFormProps) {
  const router = useRouter()
  const form = useRef<HTMLFormElement>(null)
  const [invalid, setInvalid] = useState<string | null>(null)
  const [refusal, setRefusal] = useState<string | null>(null)
  const [busy, setBusy] = useState<'saving' | 'trying' | null>(null)
  const [tried, setTried] = useState<Backtest | null>(null)
  const [isSaved, setSaved] = useState(false)

  function read() {
    if (form.current === null) return null
    const result = readDetectorForm(new FormData(form.current))
    setInvalid(result.kind === 'refused' ? result.field : null)
    setRefusal(result.kind === 'refused' ? result.message : null)
    if (result.kind === 'read') return result.value
    form.current.querySelector<HTMLElement>(`[name="${result.field}"]`)?.focus()
    return null
  }

  async function tryThem(): Promise<void> {
    const input = read()
    if (input === null) return
    setBusy('trying')
    setTried(null)
    try {
      setTried((await browserQuery(TryDetectorDocument, { input })).detectorBacktest)
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : 'They were not tried.')
    }
    setBusy(null)
  }

  async function save(): Promise<void> {
    const input = read()
    if (input === null) return
    setBusy('saving')
    const message = await refusalOf(
      async () => (await browserQuery(UpdateDetectorDocument, { input })).updateDetector.userErrors,
      'The rules were not saved.',
    )
    setBusy(null)
    setRefusal(message)
    setSaved(message === null)
    if (message === null) router.refresh()
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    if (busy === null) void save()
  }

  const { currency, mayManage } = props
  const isOff = (kind: AlertKind) => props.disabledKinds.includes(kind)
  return (
    <form
      ref={form}
      method="post"
      onSubmit={onSubmit}
      onChange={() => {
        setTried(null)
        setSaved(false)
      }}
    >
      <Card
        title="What is out of the ordinary"
        caption="Each agent, client, project, resource, and the fleet, against its own past; budgets are watched whatever stands here"
      >
        <fieldset disabled={!mayManage} className="grid gap-x-8 gap-y-5 lg:grid-cols-[minmax(0,1.4fr)_minmax(0,1fr)]">
          <legend className="sr-only">Rules of detection</legend>
          <div className="min-w-0">
            <Tick name="isEnabled" value="on" isOn={props.isEnabled} label="Look for anomalies" />
            <div className="mt-1 border-t border-line pt-1">
              {DETECTED_KINDS.map((kind) => (
                <Tick
                  key={kind}
                  name="kind"
                  value={kind}
                  isOn={!isOff(kind)}
                  label={KIND_NAMES[kind]}
                  hint={HINTS[kind]}
                />
              ))}
            </div>
          </div>
          <div className="flex min-w-0 flex-col gap-3">
            <Field label={`At least this much above the usual, ${currency}`}>
              <input
                className="field num text-body text-ink"
                name="minExcess"
                inputMode="decimal"
                required
                defaultValue={exactDecimalText(props.minExcess)}
                aria-invalid={invalid === 'minExcess'}
              />
            </Field>
            <Field label={`Of what has no past yet, at least, ${currency}`}>
              <input
                className="field num text-body text-ink"
                name="coldExcess"
                inputMode="decimal"
                required
                defaultValue={exactDecimalText(props.coldExcess)}
                aria-invalid={invalid === 'coldExcess'}
              />
            </Field>
            <Field label="Gets louder when open for hours" hint="empty: never">
              <input
                className="field num text-body text-ink"
                name="escalateAfter"
                inputMode="decimal"
                autoComplete="off"
                defaultValue={props.escalateAfterMinutes === null ? '' : String(props.escalateAfterMinutes / 60)}
                aria-invalid={invalid === 'escalateAfter'}
              />
            </Field>
          </div>
        </fieldset>
        {mayManage ? (
          <div className="mt-4 flex flex-wrap items-center gap-2">
            <button className="control control-primary" disabled={busy !== null} aria-busy={busy === 'saving'}>
              {busy === 'saving' ? 'Saving…' : 'Save the rules'}
            </button>
            <button
              type="button"
              className="control"
              disabled={busy !== null}
              aria-busy={busy === 'trying'}
              onClick={() => void tryThem()}
            >
              {busy === 'trying' ? 'Trying…' : 'Try them on the last 90 days'}
            </button>
            <span role="status" className="text-caption text-ok empty:hidden">
              {isSaved ? 'Saved' : ''}
            </span>
          </div>
        ) : null}
        <Refusal text={refusal} />
        <div role="status" className="empty:hidden">
          {tried === null ? null : <Tried backtest={tried} currency={currency} />}
        </div>
      </Card>
    </form>
  )
}

interface TickProps {
  name: string
  value: string
  isOn: boolean
  label: string
  hint?: string | undefined
}

function Tick({ name, value, isOn, label, hint }: TickProps) {
  return (
    <label className="flex min-h-8 items-center gap-2.5 py-1">
      <input
        type="checkbox"
        name={name}
        value={value}
        defaultChecked={isOn}
        className="size-4 shrink-0 accent-[var(--accent)]"
      />
      <span className="min-w-0">
        {label}
        {hint === undefined ? null : <span className="text-ink-3"> · {hint}</span>}
      </span>
    </label>
  )
}

/** What these rules would have found. */
function Tried({ backtest: { sentence, firings }, currency }: { backtest: Backtest; currency: string }) {
  return (
    <div className="mt-4 border-t border-line pt-4">
      <h3 className="font-[550]">{`${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}`}</h3>
      {firings.length === 0 ? null : (
        <MiniTable
          label="What they would have found"
          maxHeight={320}
          heads={[
            { label: 'What' },
            { label: `Impact, ${currencySymbol(currency)}`, isNumber: true, isMain: true },
            { label: 'Kind' },
            { label: 'Days' },
          ]}
          rows={firings.map(({ firstDay, lastDay, kind, subject, impact }, index) => ({
            id: `${index}`,
            cells: [
              subject.map((one) => one.label).join(', ') || 'Fleet',
              signedAmountText(impact),
              KIND_NAMES[kind],
              firstDay === lastDay ? dateText(firstDay) : `${dateText(firstDay)} to ${dateText(lastDay)}`,
            ],
          }))}
        />
      )}
    </div>
  )
}

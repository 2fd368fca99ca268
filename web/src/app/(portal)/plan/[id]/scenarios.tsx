'use client'

import type { ReactNode } from 'react'
import { ActionDialog } from '../../../../components/form/action-dialog.tsx'
import { Field } from '../../../../components/form/field.tsx'
import { MonthField } from '../../../../components/form/month-field.tsx'
import type { PlanDriver, PlanPace, PlanScenarioInput } from '../../../../generated/graphql.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { graphql } from '../../../../lib/browser-graphql.ts'
import { refusalOf } from '../../../../lib/mutate.ts'
import { textOf } from '../form-text.ts'

const ChangePlanDocument = graphql(`
  mutation ChangePlan($id: ID!, $input: ChangePlanInput!) {
    changePlan(id: $id, input: $input) {
      userErrors {
        message
      }
    }
  }
`)

interface Member {
  key: string
  name: string
}

interface DraftProps {
  plan: { id: string; name: string; note: string | null }
  /** Those there are, beside the base. */
  scenarios: readonly PlanScenarioInput[]
}

function save(
  { plan: { id, name, note } }: DraftProps,
  scenarios: readonly PlanScenarioInput[],
): Promise<string | null> {
  return refusalOf(
    async () =>
      (await browserQuery(ChangePlanDocument, { id, input: { name, note, scenarios: [...scenarios] } })).changePlan
        .userErrors,
    'The scenario was not saved.',
  )
}

const DRIVERS: readonly { driver: PlanDriver; label: string; hint: string }[] = [
  { driver: 'VOLUME', label: 'Volume, %', hint: 'more or fewer tasks' },
  { driver: 'USE', label: 'Use of each task, %', hint: 'tokens or calls' },
  { driver: 'PRICE', label: 'Price, %', hint: '-20 is a fifth cheaper' },
]

/** From when on a change holds, and of whom. */
function placeOf(form: FormData) {
  return {
    from: `${textOf(form, 'month')}-01`,
    clientKey: textOf(form, 'client') || null,
    agentKey: textOf(form, 'agent') || null,
  }
}

function percentOf(form: FormData, name: string): string {
  return textOf(form, name).replace('−', '-')
}

interface PercentFieldProps {
  label: string
  hint?: string
  name: string
  initial?: string
  isRequired?: boolean
}

function PercentField({ label, hint, name, initial, isRequired }: PercentFieldProps) {
  return (
    <Field label={label} hint={hint} className="col-span-3">
      <input
        className="field num text-body text-ink"
        name={name}
        inputMode="text"
        pattern="[\-−]?[0-9]+(\.[0-9]{1,6})?"
        title="A percent, such as 5 or -20"
        defaultValue={initial}
        required={isRequired}
      />
    </Field>
  )
}

function PaceField({ label, name, initial }: { label: ReactNode; name: string; initial?: PlanPace }) {
  return (
    <Field label={label} className="col-span-3">
      <select className="field text-body text-ink" name={name} defaultValue={initial}>
        <option value="ONCE">once, from then on</option>
        <option value="EACH_MONTH">each month again</option>
      </select>
    </Field>
  )
}

interface AddScenarioProps extends DraftProps {
  month: string
  clients: readonly Member[]
  agents: readonly Member[]
}

/** Adds a scenario to a draft: changes of drivers from a month on, of all or of one client or agent. */
export function AddScenario({ month, clients, agents, ...draft }: AddScenarioProps) {
  const run = (form: FormData) => {
    const about = placeOf(form)
    const changes = DRIVERS.flatMap(({ driver }) => {
      const percent = percentOf(form, driver)
      return percent === '' ? [] : [{ driver, percent, pace: textOf(form, `${driver} pace`) as PlanPace, ...about }]
    })
    const name = textOf(form, 'name')
    const known = draft.scenarios.find((one) => one.name.toLowerCase() === name.toLowerCase())
    const others = draft.scenarios.filter((one) => one !== known)
    return save(draft, [...others, { name: known?.name ?? name, changes: [...(known?.changes ?? []), ...changes] }])
  }
  return (
    <ActionDialog
      trigger="Add a scenario…"
      title="A scenario"
      confirm="Save the scenario"
      busy="Saving…"
      isWide
      run={run}
    >
      <p>What is otherwise than in the base. The name of a scenario that is there adds to its changes.</p>
      <div className="mt-3 grid grid-cols-6 gap-3">
        <Field label="Name" className="col-span-6 sm:col-span-3">
          <input className="field text-body text-ink" name="name" required maxLength={80} />
        </Field>
        <MonthField label="From" name="month" initial={month} isRequired className="col-span-6 sm:col-span-3" />
        {DRIVERS.map(({ driver, label, hint }) => (
          <div key={driver} className="col-span-6 grid grid-cols-6 gap-3">
            <PercentField label={label} hint={hint} name={driver} />
            <PaceField label={<span className="sr-only">{label}: how often</span>} name={`${driver} pace`} />
          </div>
        ))}
        <Of label="Client" name="client" none="every client" members={clients} />
        <Of label="Agent" name="agent" none="every agent" members={agents} />
      </div>
    </ActionDialog>
  )
}

interface OfProps {
  label: string
  name: string
  none: string
  members: readonly Member[]
  chosen?: string | null
}

function Of({ label, name, none, members, chosen = null }: OfProps) {
  // One that was merged or renamed since stays what the change is of.
  const others = chosen === null || members.some(({ key }) => key === chosen) ? [] : [{ key: chosen, name: chosen }]
  return (
    <Field label={label} className="col-span-6 sm:col-span-3">
      <select className="field text-body text-ink" name={name} defaultValue={chosen ?? ''}>
        <option value="">{none}</option>
        {[...others, ...members].map((member) => (
          <option key={member.key} value={member.key}>
            {member.name}
          </option>
        ))}
      </select>
    </Field>
  )
}

interface ChangeProps extends DraftProps {
  /** Of the scenario. */
  name: string
  /** Which of its changes, from 0. */
  at: number
  /** The change in words. */
  words: string
}

/** The scenarios with one change of one of them as `changed` makes it; an empty list takes it out. */
function withChange(
  { scenarios, name, at }: ChangeProps,
  changed: readonly PlanScenarioInput['changes'][number][],
): PlanScenarioInput[] {
  return scenarios.map((one) =>
    one.name === name ? { ...one, changes: one.changes.toSpliced(at, 1, ...changed) } : one,
  )
}

interface EditChangeProps extends ChangeProps {
  clients: readonly Member[]
  agents: readonly Member[]
}

/** Makes one change of a scenario another. */
export function EditChange({ clients, agents, ...of }: EditChangeProps) {
  const change = of.scenarios.find((one) => one.name === of.name)?.changes[of.at]
  if (change === undefined) return null
  const run = (form: FormData) =>
    save(
      of,
      withChange(of, [
        {
          driver: textOf(form, 'driver') as PlanDriver,
          percent: percentOf(form, 'percent'),
          pace: textOf(form, 'pace') as PlanPace,
          ...placeOf(form),
        },
      ]),
    )
  return (
    <ActionDialog
      trigger="Edit…"
      triggerOf={of.words}
      title={`A change of ${of.name}`}
      confirm="Save the change"
      busy="Saving…"
      isWide
      run={run}
    >
      <div className="grid grid-cols-6 gap-3">
        <Field label="Driver" className="col-span-6 sm:col-span-3">
          <select className="field text-body text-ink" name="driver" defaultValue={change.driver}>
            {DRIVERS.map(({ driver, label }) => (
              <option key={driver} value={driver}>
                {label.replace(', %', '')}
              </option>
            ))}
          </select>
        </Field>
        <MonthField
          label="From"
          name="month"
          initial={change.from.slice(0, 7)}
          isRequired
          className="col-span-6 sm:col-span-3"
        />
        <PercentField label="Percent" name="percent" initial={change.percent} isRequired />
        <PaceField label="How often" name="pace" initial={change.pace} />
        <Of label="Client" name="client" none="every client" members={clients} chosen={change.clientKey ?? null} />
        <Of label="Agent" name="agent" none="every agent" members={agents} chosen={change.agentKey ?? null} />
      </div>
    </ActionDialog>
  )
}

/** Takes one change out of a scenario, which stays. */
export function RemoveChange(of: ChangeProps) {
  return (
    <ActionDialog
      trigger="Remove…"
      triggerOf={of.words}
      title="Remove this change?"
      confirm="Remove the change"
      busy="Removing…"
      isDangerous
      run={() => save(of, withChange(of, []))}
    >
      <p>
        {of.words}. The other changes of {of.name} stay.
      </p>
    </ActionDialog>
  )
}

/** Takes a scenario out of a draft. */
export function RemoveScenario({ name, ...draft }: DraftProps & { name: string }) {
  const run = () =>
    save(
      draft,
      draft.scenarios.filter((one) => one.name !== name),
    )
  return (
    <ActionDialog
      trigger="Remove the scenario…"
      triggerOf={name}
      title={`Remove the scenario ${name}?`}
      confirm="Remove the scenario"
      busy="Removing…"
      isDangerous
      run={run}
    >
      <p>Its changes go with it. The base and the other scenarios stay.</p>
    </ActionDialog>
  )
}

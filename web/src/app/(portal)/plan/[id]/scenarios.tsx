'use client'

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

interface AddScenarioProps extends DraftProps {
  month: string
  clients: readonly Member[]
  agents: readonly Member[]
}

/** Adds a scenario to a draft: changes of drivers from a month on, of all or of one client or agent. */
export function AddScenario({ month, clients, agents, ...draft }: AddScenarioProps) {
  const run = (form: FormData) => {
    const about = {
      from: `${textOf(form, 'month')}-01`,
      clientKey: textOf(form, 'client') || null,
      agentKey: textOf(form, 'agent') || null,
    }
    const changes = DRIVERS.flatMap(({ driver }) => {
      const percent = textOf(form, driver).replace('−', '-')
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
            <Field label={label} hint={hint} className="col-span-3">
              <input
                className="field num text-body text-ink"
                name={driver}
                inputMode="text"
                pattern="[\-−]?[0-9]+(\.[0-9]{1,6})?"
                title="A percent, such as 5 or -20"
              />
            </Field>
            <Field label={<span className="sr-only">{label}: how often</span>} className="col-span-3">
              <select className="field text-body text-ink" name={`${driver} pace`}>
                <option value="ONCE">once, from then on</option>
                <option value="EACH_MONTH">each month again</option>
              </select>
            </Field>
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
}

function Of({ label, name, none, members }: OfProps) {
  return (
    <Field label={label} className="col-span-6 sm:col-span-3">
      <select className="field text-body text-ink" name={name}>
        <option value="">{none}</option>
        {members.map((member) => (
          <option key={member.key} value={member.key}>
            {member.name}
          </option>
        ))}
      </select>
    </Field>
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
      trigger="Remove…"
      triggerOf={`the scenario ${name}`}
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

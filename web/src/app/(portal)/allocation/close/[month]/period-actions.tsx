'use client'

import { ActionDialog } from '../../../../../components/form/action-dialog.tsx'
import { Field } from '../../../../../components/form/field.tsx'
import { graphql } from '../../../../../lib/browser-graphql.ts'
import { browserQuery } from '../../../../../lib/browser-api.ts'
import { refusalOf } from '../../../../../lib/mutate.ts'
import type { PeriodCheck } from './checklist.tsx'

const SoftCloseDocument = graphql(`
  mutation SoftClosePeriod($input: SoftClosePeriodInput!) {
    softClosePeriod(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

const OpenPeriodDocument = graphql(`
  mutation OpenPeriod($input: OpenPeriodInput!) {
    openPeriod(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

const ClosePeriodDocument = graphql(`
  mutation ClosePeriod($input: ClosePeriodInput!) {
    closePeriod(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

const RequestReopeningDocument = graphql(`
  mutation RequestReopening($input: RequestReopeningInput!) {
    requestReopening(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

const AgreeDocument = graphql(`
  mutation AgreeToReopening($input: AgreeToReopeningInput!) {
    agreeToReopening(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

const DeclineDocument = graphql(`
  mutation DeclineReopening($input: DeclineReopeningInput!) {
    declineReopening(input: $input) {
      userErrors {
        message
      }
    }
  }
`)

const REASON_MAX = 1_000

interface MonthProps {
  month: string
  /** `October 2026`. */
  name: string
}

function textOf(form: FormData, name: string): string {
  return String(form.get(name) ?? '').trim()
}

function Reason({ of, name = 'reason', placeholder }: ReasonProps) {
  return (
    <Field
      label={
        <>
          Reason
          {of === undefined ? null : <span className="sr-only"> for accepting: {of}</span>}
        </>
      }
    >
      <textarea
        className="field text-body text-ink"
        name={name}
        rows={2}
        maxLength={REASON_MAX}
        required
        placeholder={placeholder}
      />
    </Field>
  )
}

interface ReasonProps {
  /** What it is a reason for, where several are asked for. */
  of?: string
  name?: string
  placeholder?: string
}

/** Says that a month is being closed, for everybody to see. */
export function SoftClose({ month, name, isOver }: MonthProps & { isOver: boolean }) {
  const run = (form: FormData) =>
    refusalOf(async () => {
      const reason = textOf(form, 'reason')
      const input = { month, reason: reason === '' ? null : reason }
      return (await browserQuery(SoftCloseDocument, { input })).softClosePeriod.userErrors
    }, 'It was not soft-closed.')
  return (
    <ActionDialog
      trigger="Soft-close…"
      title={`Soft-close ${name}?`}
      confirm="Soft-close it"
      busy="Soft-closing…"
      run={run}
    >
      <p>
        Every page about {name} says that it is being closed. What happens in it still counts in it
        {isOver ? '' : ', and it is not over yet'}.
      </p>
      <Field label="Reason" hint="may be left out">
        <input className="field text-body text-ink" name="reason" maxLength={REASON_MAX} />
      </Field>
    </ActionDialog>
  )
}

/** Takes a soft close back. */
export function OpenAgain({ month, name }: MonthProps) {
  const run = (form: FormData) =>
    refusalOf(
      async () =>
        (await browserQuery(OpenPeriodDocument, { input: { month, reason: textOf(form, 'reason') } })).openPeriod
          .userErrors,
      'It was not opened.',
    )
  return (
    <ActionDialog
      trigger="Take the soft close back…"
      title={`Open ${name} again?`}
      confirm="Open it again"
      busy="Opening…"
      run={run}
    >
      <Reason placeholder="e.g. an invoice for hosting is still to come" />
    </ActionDialog>
  )
}

interface ClosePeriodProps extends MonthProps {
  /** The edition that the close writes. */
  edition: number
  /** What blocks, by title. */
  blocked: readonly string[]
  warnings: readonly PeriodCheck[]
  isPrimary: boolean
}

/** Closes a month as an edition, with a reason for each check that does not pass and does not block. */
export function ClosePeriod({ month, name, edition, blocked, warnings, isPrimary }: ClosePeriodProps) {
  const run = async (form: FormData): Promise<string | null> => {
    if (blocked.length > 0) return `Mend first: ${blocked.join('; ')}.`
    const accept = warnings.map(({ item }) => ({ item, reason: textOf(form, `reason-${item}`) }))
    return refusalOf(
      async () => (await browserQuery(ClosePeriodDocument, { input: { month, accept } })).closePeriod.userErrors,
      'It was not closed.',
    )
  }
  return (
    <ActionDialog
      trigger={`Close ${name}…`}
      isPrimary={isPrimary}
      isWide={warnings.length > 0}
      title={`Close ${name} as edition ${edition}?`}
      confirm="Close the month"
      busy="Closing…"
      run={run}
    >
      <p>
        Its figures become an edition that nobody can change. What arrives for it later is posted as a correction to the
        open month and keeps its day of use. Only two people together reopen it.
      </p>
      {blocked.length === 0 ? null : (
        <p className="text-bad">It cannot be closed yet. Mend first: {blocked.join('; ')}.</p>
      )}
      {warnings.length === 0 || blocked.length > 0 ? null : (
        <fieldset className="flex flex-col gap-3">
          <legend className="mb-2 text-ink-2">
            Why it may be closed all the same, for each check that does not pass:
          </legend>
          {warnings.map(({ item, title, detail }) => (
            <div key={item} className="border-t border-line pt-3">
              <p className="mb-1">
                <span className="font-[550] text-ink">{title}?</span> {detail}
              </p>
              <Reason of={title} name={`reason-${item}`} />
            </div>
          ))}
        </fieldset>
      )}
    </ActionDialog>
  )
}

/** Asks for a closed month to be reopened. */
export function RequestReopening({ month, name }: MonthProps) {
  const run = (form: FormData) =>
    refusalOf(
      async () =>
        (await browserQuery(RequestReopeningDocument, { input: { month, reason: textOf(form, 'reason') } }))
          .requestReopening.userErrors,
      'It was not asked for.',
    )
  return (
    <ActionDialog
      trigger="Ask to reopen…"
      title={`Ask to reopen ${name}?`}
      confirm="Ask for it"
      busy="Asking…"
      run={run}
    >
      <p>Nothing changes yet: somebody else has to agree. The edition stays; the next close makes another.</p>
      <Reason placeholder="e.g. the invoice for hosting was wrong" />
    </ActionDialog>
  )
}

/** Reopens a month that somebody else has asked for. */
export function AgreeToReopening({ month, name, edition }: MonthProps & { edition: number }) {
  const run = () =>
    refusalOf(
      async () => (await browserQuery(AgreeDocument, { input: { month } })).agreeToReopening.userErrors,
      'It was not reopened.',
    )
  return (
    <ActionDialog
      trigger="Agree and reopen…"
      isPrimary
      title={`Reopen ${name}?`}
      confirm="Reopen the month"
      busy="Reopening…"
      run={run}
    >
      <p>
        What was posted to open months for it comes home to the days it was used on. Edition {edition} stays as it is;
        the next close makes edition {edition + 1}, with a bridge from one to the other.
      </p>
    </ActionDialog>
  )
}

/** Lets a closed month stay closed. */
export function DeclineReopening({ month, name, isOwn }: MonthProps & { isOwn: boolean }) {
  const run = (form: FormData) =>
    refusalOf(
      async () =>
        (await browserQuery(DeclineDocument, { input: { month, reason: textOf(form, 'reason') } })).declineReopening
          .userErrors,
      'It was not declined.',
    )
  return (
    <ActionDialog
      trigger={isOwn ? 'Take it back…' : 'Decline…'}
      title={`Leave ${name} closed?`}
      confirm="Leave it closed"
      busy="Declining…"
      run={run}
    >
      <Reason />
    </ActionDialog>
  )
}

'use client'

import { Check, ChevronDown } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useId, useState, useTransition } from 'react'
import { graphql } from '../../lib/browser-graphql.ts'
import type { AlertFeedback, AlertState, BudgetScope } from '../../generated/graphql.ts'
import { FEEDBACK_NAMES, isLimit, isOpen } from '../../lib/alerts.ts'
import { browserQuery } from '../../lib/browser-api.ts'
import { refusalOf } from '../../lib/mutate.ts'
import { snoozeChoices } from '../../lib/snooze.ts'
import { ActionDialog } from '../form/action-dialog.tsx'
import { Field } from '../form/field.tsx'
import { Refusal } from '../form/refusal.tsx'
import { useShortcut } from '../shell/use-shortcut.ts'
import { addAnnotation } from './add-annotation.ts'
import type { AlertFacts } from './alert-facts.ts'

const AcknowledgeDocument = graphql(`
  mutation AcknowledgeAlert($id: ID!) {
    acknowledgeAlert(id: $id) {
      userErrors {
        message
      }
    }
  }
`)

const ResolveDocument = graphql(`
  mutation ResolveAlert($id: ID!) {
    resolveAlert(id: $id) {
      userErrors {
        message
      }
    }
  }
`)

const DismissDocument = graphql(`
  mutation DismissAlert($id: ID!, $reason: String!) {
    dismissAlert(id: $id, reason: $reason) {
      userErrors {
        message
      }
    }
  }
`)

const SnoozeDocument = graphql(`
  mutation SnoozeAlert($id: ID!, $until: DateTime!) {
    snoozeAlert(id: $id, until: $until) {
      userErrors {
        message
      }
    }
  }
`)

const AssigneesDocument = graphql(`
  query Assignees($id: ID!) {
    alert(id: $id) {
      assignees {
        name
        email
      }
    }
  }
`)

const AssignDocument = graphql(`
  mutation AssignAlert($id: ID!, $to: String) {
    assignAlert(id: $id, to: $to) {
      userErrors {
        message
      }
    }
  }
`)

const FeedbackDocument = graphql(`
  mutation GiveAlertFeedback($id: ID!, $feedback: AlertFeedback!) {
    giveAlertFeedback(id: $id, feedback: $feedback) {
      userErrors {
        message
      }
    }
  }
`)

/** Dismissing is choosing a reason; these are the usual ones. */
const REASONS = ['expected work', 'price change', 'backfill or test'] as const

const REASON_MAX = 500

interface AlertActionsProps {
  alert: Pick<AlertFacts, 'id' | 'title' | 'kind' | 'firstDay' | 'scope' | 'key' | 'label' | 'assignee'> & {
    state: AlertState
    feedback?: AlertFeedback | null
  }
  mayHandle: boolean
  /** Of who looks. */
  email: string | null
  timeZone: string
}

/** What can be done about an alert: seen (A), resolved, dismissed with a reason (D), put off, handed over; and whether it was right. */
export function AlertActions({ alert, mayHandle, email, timeZone }: AlertActionsProps) {
  const { busy, refusal, act } = useAct()
  const { id } = alert
  const mayAcknowledge = mayHandle && alert.state === 'OPEN'
  const acknowledge = () =>
    act('acknowledge', async () => (await browserQuery(AcknowledgeDocument, { id })).acknowledgeAlert.userErrors)
  useShortcut(mayAcknowledge ? 'a' : null, acknowledge)

  if (!mayHandle) {
    return (
      <p className="text-caption text-ink-3">
        You see alerts. Finance, project managers and administrators act on them.
      </p>
    )
  }
  const dismiss = (reason: string) =>
    act(reason, async () => (await browserQuery(DismissDocument, { id, reason })).dismissAlert.userErrors)
  return (
    <>
      {isOpen(alert.state) ? (
        <>
          <span className="flex flex-wrap gap-2">
            {mayAcknowledge ? (
              <button
                type="button"
                className="control control-primary"
                aria-keyshortcuts="a"
                disabled={busy !== null}
                onClick={acknowledge}
              >
                <Check size={16} strokeWidth={1.6} aria-hidden />
                {busy === 'acknowledge' ? 'Acknowledging…' : 'Acknowledge'}
              </button>
            ) : null}
            <button
              type="button"
              className="control"
              disabled={busy !== null}
              onClick={() =>
                act('resolve', async () => (await browserQuery(ResolveDocument, { id })).resolveAlert.userErrors)
              }
            >
              {busy === 'resolve' ? 'Resolving…' : 'Resolve'}
            </button>
            <Snooze id={id} timeZone={timeZone} act={act} />
            <Assign alert={alert} email={email} />
          </span>
          <span className="flex flex-wrap items-center gap-2">
            <span className="text-ink-2">Dismiss, because</span>
            {REASONS.map((reason) => (
              <button
                key={reason}
                type="button"
                className="control"
                disabled={busy !== null}
                onClick={() => dismiss(reason)}
              >
                <span className="sr-only">Dismiss: </span>
                {reason}
              </button>
            ))}
            <DismissOther alert={alert} />
          </span>
          <span className="flex items-center gap-1.5 text-caption text-ink-3 max-md:hidden">
            {mayAcknowledge ? (
              <>
                <kbd className="keycap font-sans">A</kbd> acknowledge
              </>
            ) : null}
            <kbd className="keycap ml-1.5 font-sans">D</kbd> dismiss
          </span>
        </>
      ) : null}
      {isLimit(alert.kind) ? null : (
        <span className="flex flex-wrap items-center gap-2" role="group" aria-label="Was it right?">
          <span className="text-ink-2">It was</span>
          <span className="segment">
            {(Object.keys(FEEDBACK_NAMES) as AlertFeedback[]).map((feedback) => (
              <button
                key={feedback}
                type="button"
                title={FEEDBACK_TITLES[feedback]}
                aria-pressed={alert.feedback === feedback}
                disabled={busy !== null}
                onClick={() =>
                  act(
                    feedback,
                    async () => (await browserQuery(FeedbackDocument, { id, feedback })).giveAlertFeedback.userErrors,
                  )
                }
              >
                {FEEDBACK_NAMES[feedback]}
              </button>
            ))}
          </span>
          <NewLevel alert={alert} />
        </span>
      )}
      <Refusal text={refusal} />
    </>
  )
}

const FEEDBACK_TITLES = {
  EXPECTED: 'It happened, and it was meant to: fewer like it are told',
  WRONG: 'It was nothing: fewer like it are told',
  FIXED: 'It was worth knowing: more like it are told',
} as const satisfies Record<AlertFeedback, string>

type Act = (what: string, call: () => Promise<readonly { message: string }[]>) => void

/** Does one thing at a time, says why when it is refused, and reads the page again. */
function useAct(): { busy: string | null; refusal: string | null; act: Act } {
  const router = useRouter()
  const [busy, setBusy] = useState<string | null>(null)
  const [refusal, setRefusal] = useState<string | null>(null)
  const [, startRefresh] = useTransition()
  async function run(what: string, call: () => Promise<readonly { message: string }[]>): Promise<void> {
    setBusy(what)
    setRefusal(await refusalOf(call, 'It was not done.'))
    setBusy(null)
    // Refused or not: somebody else may have been first, and then the page shows it.
    startRefresh(() => router.refresh())
  }
  return { busy, refusal, act: (what, call) => (busy === null ? void run(what, call) : undefined) }
}

function Snooze({ id, timeZone, act }: { id: string; timeZone: string; act: Act }) {
  const [choices, setChoices] = useState<ReturnType<typeof snoozeChoices>>([])
  return (
    <details className="relative" onToggle={() => setChoices(snoozeChoices(Date.now(), timeZone))}>
      <summary className="control">
        Snooze
        <ChevronDown size={14} strokeWidth={1.6} aria-hidden className="text-ink-3" />
      </summary>
      <ul className="popover bottom-full left-0 mb-1 w-56">
        {choices.map(({ label, until }) => (
          <li key={label}>
            <button
              type="button"
              className="flex h-8 w-full items-center rounded-control px-2 text-left hover:bg-hover max-md:h-11"
              onClick={(event) => {
                event.currentTarget.closest('details')?.removeAttribute('open')
                act('snooze', async () => (await browserQuery(SnoozeDocument, { id, until })).snoozeAlert.userErrors)
              }}
            >
              {label}
            </button>
          </li>
        ))}
      </ul>
    </details>
  )
}

function Assign({ alert, email }: { alert: { id: string; assignee?: string | null }; email: string | null }) {
  const listId = useId()
  const [people, setPeople] = useState<readonly { name: string; email: string }[]>([])
  // Offered when they are needed; without them the field still takes an address, and the server says whose it is not.
  const load = (): void => {
    if (people.length > 0) return
    void browserQuery(AssigneesDocument, { id: alert.id }).then(
      (data) => setPeople(data.alert?.assignees ?? []),
      () => {},
    )
  }
  const run = (form: FormData) =>
    refusalOf(async () => {
      const to = String(form.get('to') ?? '').trim()
      const { assignAlert } = await browserQuery(AssignDocument, { id: alert.id, to: to === '' ? null : to })
      return assignAlert.userErrors
    }, 'It was not assigned.')
  return (
    <ActionDialog trigger="Assign…" title="Who looks after it?" confirm="Assign it" busy="Assigning…" run={run}>
      <Field label="E-mail of a member" hint="empty: nobody">
        <input
          className="field text-body text-ink"
          name="to"
          type="email"
          autoComplete="off"
          list={listId}
          onFocus={load}
          defaultValue={alert.assignee ?? email ?? ''}
        />
      </Field>
      <datalist id={listId}>
        {people.map((person) => (
          <option key={person.email} value={person.email}>
            {person.name}
          </option>
        ))}
      </datalist>
    </ActionDialog>
  )
}

function DismissOther({ alert: { id, title } }: { alert: { id: string; title: string } }) {
  const run = (form: FormData) =>
    refusalOf(
      async () =>
        (await browserQuery(DismissDocument, { id, reason: String(form.get('reason') ?? '').trim() })).dismissAlert
          .userErrors,
      'It was not dismissed.',
    )
  return (
    <ActionDialog
      trigger="other…"
      triggerOf="reason to dismiss it"
      shortcut="d"
      title="Dismiss it?"
      confirm="Dismiss it"
      busy="Dismissing…"
      run={run}
    >
      <p>{title}. It ends here, with your reason and your name; for the same days it is not raised again.</p>
      <Field label="Reason" hint="three characters or more">
        <textarea
          className="field text-body text-ink"
          name="reason"
          rows={2}
          required
          minLength={3}
          maxLength={REASON_MAX}
          placeholder="e.g. the backfill of October"
        />
      </Field>
    </ActionDialog>
  )
}

interface Annotated {
  scope: BudgetScope
  key?: string | null
  label: string
  firstDay: string
}

/** Says that something new began: the level is learned anew from that day, and what comes after is not held against what was before. */
function NewLevel({ alert: { scope, key, label, firstDay } }: { alert: Annotated }) {
  return (
    <ActionDialog
      trigger="This was a launch…"
      title={`A new level of ${label}`}
      confirm="Learn anew from that day"
      busy="Saving…"
      run={(form) => addAnnotation(form)}
    >
      <p>
        What is usual is learned anew from that day on: the days before it are no measure any more. Until enough days
        have passed, only budgets and limits are watched.
      </p>
      <input type="hidden" name="scope" value={scope} />
      <input type="hidden" name="key" value={key ?? ''} />
      <Field label="From">
        <input className="field text-body text-ink" name="day" type="date" required defaultValue={firstDay} />
      </Field>
      <Field label="What happened">
        <input
          className="field text-body text-ink"
          name="note"
          required
          maxLength={REASON_MAX}
          autoComplete="off"
          placeholder="e.g. launch of the new product"
        />
      </Field>
    </ActionDialog>
  )
}

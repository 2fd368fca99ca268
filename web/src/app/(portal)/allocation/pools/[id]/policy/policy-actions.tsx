'use client'

import type { ReactNode } from 'react'
import { ActionDialog } from '../../../../../../components/form/action-dialog.tsx'
import { Field } from '../../../../../../components/form/field.tsx'
import { Link } from '../../../../../../components/ui/link.tsx'
import { graphql } from '../../../../../../lib/browser-graphql.ts'
import type { PolicyState } from '../../../../../../generated/graphql.ts'
import { browserQuery } from '../../../../../../lib/browser-api.ts'
import { refusalOf } from '../../../../../../lib/mutate.ts'

const ProposeDocument = graphql(`
  mutation ProposeAllocationPolicy($id: ID!) {
    proposeAllocationPolicy(id: $id) {
      userErrors {
        message
      }
    }
  }
`)

const ApproveDocument = graphql(`
  mutation ApproveAllocationPolicy($id: ID!, $overrideReason: String) {
    approveAllocationPolicy(id: $id, overrideReason: $overrideReason) {
      userErrors {
        message
      }
    }
  }
`)

const RejectDocument = graphql(`
  mutation RejectAllocationPolicy($id: ID!, $reason: String!) {
    rejectAllocationPolicy(id: $id, reason: $reason) {
      userErrors {
        message
      }
    }
  }
`)

const WithdrawDocument = graphql(`
  mutation WithdrawAllocationPolicy($id: ID!) {
    withdrawAllocationPolicy(id: $id) {
      userErrors {
        message
      }
    }
  }
`)

const ReviewDocument = graphql(`
  mutation ReviewAllocationPolicy($id: ID!, $note: String) {
    reviewAllocationPolicy(id: $id, note: $note) {
      userErrors {
        message
      }
    }
  }
`)

interface PolicyActionsProps {
  id: string
  /** `version 4`. */
  name: string
  state: PolicyState
  mayApprove: boolean
  /** The owner may approve what they wrote themselves, with a reason. */
  mayOverride: boolean
  isReviewable: boolean
  createdBy: string
  /** What it changes, one sentence each. */
  changes: readonly string[]
  editHref: string
}

/** What can be done with a version as it is, by whoever looks. */
export function PolicyActions(props: PolicyActionsProps) {
  const { id, name, state, changes } = props
  if (state === 'DRAFT') {
    return (
      <Row>
        <Link href={props.editHref} className="control">
          Edit<span className="sr-only"> {name}</span>
        </Link>
        <ActionDialog
          trigger="Propose…"
          triggerOf={name}
          isPrimary
          title={`Propose ${name}?`}
          confirm="Propose it"
          busy="Proposing…"
          run={() =>
            refusalOf(
              async () => (await browserQuery(ProposeDocument, { id })).proposeAllocationPolicy.userErrors,
              'It was not proposed.',
            )
          }
        >
          <p>It can no longer be changed, and applies once somebody else has approved it.</p>
        </ActionDialog>
        <Withdraw id={id} name={name} />
      </Row>
    )
  }
  if (state === 'PROPOSED') {
    return (
      <Row>
        {props.mayApprove ? <Approve id={id} name={name} changes={changes} /> : null}
        {props.mayOverride && !props.mayApprove ? <ApproveOwn id={id} name={name} changes={changes} /> : null}
        {props.mayApprove || props.mayOverride ? null : (
          <span className="text-caption text-ink-3">You wrote it; somebody else approves it.</span>
        )}
        <Reject id={id} name={name} />
        <Withdraw id={id} name={name} />
      </Row>
    )
  }
  return state === 'APPROVED' && props.isReviewable ? <Review id={id} name={name} /> : null
}

function Row({ children }: { children: ReactNode }) {
  return <span className="no-print flex flex-wrap items-center gap-2">{children}</span>
}

interface OfVersion {
  id: string
  name: string
}

function ChangeList({ changes }: { changes: readonly string[] }) {
  if (changes.length === 0) return null
  return (
    <ul className="flex list-disc flex-col gap-1 pl-4">
      {changes.map((change) => (
        <li key={change}>{change}</li>
      ))}
    </ul>
  )
}

function Approve({ id, name, changes }: OfVersion & { changes: readonly string[] }) {
  return (
    <ActionDialog
      trigger="Approve…"
      triggerOf={name}
      isPrimary
      title={`Approve ${name}?`}
      confirm="Approve it"
      busy="Approving…"
      run={() =>
        refusalOf(
          async () =>
            (await browserQuery(ApproveDocument, { id, overrideReason: null })).approveAllocationPolicy.userErrors,
          'It was not approved.',
        )
      }
    >
      <p>From its month on the pool is split this way. What is run already stays until it is run again.</p>
      <ChangeList changes={changes} />
    </ActionDialog>
  )
}

function ApproveOwn({ id, name, changes }: OfVersion & { changes: readonly string[] }) {
  async function run(form: FormData): Promise<string | null> {
    const overrideReason = String(form.get('reason') ?? '').trim()
    if (overrideReason === '') return 'Say why nobody else approves it: the reason stays with the version.'
    return refusalOf(
      async () => (await browserQuery(ApproveDocument, { id, overrideReason })).approveAllocationPolicy.userErrors,
      'It was not approved.',
    )
  }
  return (
    <ActionDialog
      trigger="Approve your own…"
      triggerOf={name}
      isPrimary
      title={`Approve ${name}, which you wrote?`}
      confirm="Approve it"
      busy="Approving…"
      run={run}
    >
      <p>
        A version is approved by somebody else. As the owner you may do it yourself, with a reason that everybody reads
        beside it.
      </p>
      <ChangeList changes={changes} />
      <Reason placeholder="e.g. the second approver is away until the close" />
    </ActionDialog>
  )
}

function Reject({ id, name }: OfVersion) {
  async function run(form: FormData): Promise<string | null> {
    const reason = String(form.get('reason') ?? '').trim()
    if (reason === '') return 'Say why: whoever wrote it reads the reason.'
    return refusalOf(
      async () => (await browserQuery(RejectDocument, { id, reason })).rejectAllocationPolicy.userErrors,
      'It was not rejected.',
    )
  }
  return (
    <ActionDialog
      trigger="Reject…"
      triggerOf={name}
      title={`Reject ${name}?`}
      confirm="Reject it"
      busy="Rejecting…"
      isDangerous
      run={run}
    >
      <p>It never applies. A new version can say it otherwise.</p>
      <Reason placeholder="e.g. tokens favour the agents that cache" />
    </ActionDialog>
  )
}

function Withdraw({ id, name }: OfVersion) {
  return (
    <ActionDialog
      trigger="Withdraw…"
      triggerOf={name}
      title={`Withdraw ${name}?`}
      confirm="Withdraw it"
      busy="Withdrawing…"
      isDangerous
      run={() =>
        refusalOf(
          async () => (await browserQuery(WithdrawDocument, { id })).withdrawAllocationPolicy.userErrors,
          'It was not withdrawn.',
        )
      }
    >
      <p>It never applies, and stays in the history.</p>
    </ActionDialog>
  )
}

function Review({ id, name }: OfVersion) {
  return (
    <ActionDialog
      trigger="Mark reviewed…"
      triggerOf={name}
      title={`Is ${name} still right?`}
      confirm="It is still right"
      busy="Saving…"
      run={(form) =>
        refusalOf(
          async () =>
            (await browserQuery(ReviewDocument, { id, note: String(form.get('note') ?? '').trim() || null }))
              .reviewAllocationPolicy.userErrors,
          'The review was not saved.',
        )
      }
    >
      <p>The next review moves to the first day of the quarter after this one.</p>
      <Field label="Note" hint="what was looked at">
        <input className="field text-body text-ink" name="note" maxLength={500} autoComplete="off" />
      </Field>
    </ActionDialog>
  )
}

function Reason({ placeholder }: { placeholder: string }) {
  return (
    <Field label="Reason">
      <textarea
        className="field text-body text-ink"
        name="reason"
        rows={3}
        maxLength={500}
        required
        placeholder={placeholder}
      />
    </Field>
  )
}

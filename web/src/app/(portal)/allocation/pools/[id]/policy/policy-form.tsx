'use client'

import { useRouter } from 'next/navigation'
import { useState, type FormEvent } from 'react'
import { MonthField } from '../../../../../../components/form/month-field.tsx'
import { Refusal } from '../../../../../../components/form/refusal.tsx'
import { Card } from '../../../../../../components/ui/card.tsx'
import { Link } from '../../../../../../components/ui/link.tsx'
import { graphql } from '../../../../../../lib/browser-graphql.ts'
import type { AllocationPolicyInput } from '../../../../../../generated/graphql.ts'
import { browserQuery } from '../../../../../../lib/browser-api.ts'
import { refusalOf } from '../../../../../../lib/mutate.ts'
import { readPolicyForm, type PolicyFields } from '../../../../../../lib/pool-form.ts'
import { PolicyInputs, type Choice } from '../../../policy-inputs.tsx'

const DraftAllocationPolicyDocument = graphql(`
  mutation DraftAllocationPolicy($input: DraftAllocationPolicyInput!) {
    draftAllocationPolicy(input: $input) {
      policy {
        id
      }
      userErrors {
        message
      }
    }
  }
`)

const ChangeAllocationPolicyDocument = graphql(`
  mutation ChangeAllocationPolicy($id: ID!, $input: AllocationPolicyInput!) {
    changeAllocationPolicy(id: $id, input: $input) {
      policy {
        id
      }
      userErrors {
        message
      }
    }
  }
`)

const ProposeDraftDocument = graphql(`
  mutation ProposeDraft($id: ID!) {
    proposeAllocationPolicy(id: $id) {
      userErrors {
        message
      }
    }
  }
`)

interface PolicyFormProps {
  poolId: string
  /** The draft that is changed; without one a new version is written. */
  draftId: string | null
  title: string
  effectiveFrom: string
  fields: PolicyFields
  agents: readonly Choice[]
  pools: readonly Choice[]
  doneHref: string
}

/** Saves the version as a draft: its id, or why not. */
async function saveDraft(
  { poolId, draftId }: { poolId: string; draftId: string | null },
  input: AllocationPolicyInput,
): Promise<{ id: string } | { refusal: string }> {
  let id: string | null = null
  const refusal = await refusalOf(async () => {
    const payload =
      draftId === null
        ? (await browserQuery(DraftAllocationPolicyDocument, { input: { poolId, ...input } })).draftAllocationPolicy
        : (await browserQuery(ChangeAllocationPolicyDocument, { id: draftId, input })).changeAllocationPolicy
    id = payload.policy?.id ?? null
    return payload.userErrors
  }, 'The draft was not saved.')
  return id === null ? { refusal: refusal ?? 'The server saved no draft.' } : { id }
}

/** A version of how a pool is split. Saved it is a draft, which applies to nothing; proposed it waits for somebody else. */
export function PolicyForm(props: PolicyFormProps) {
  const { poolId, fields, agents, pools, doneHref } = props
  const router = useRouter()
  const [draftId, setDraftId] = useState(props.draftId)
  const [invalid, setInvalid] = useState<string | null>(null)
  const [refusal, setRefusal] = useState<string | null>(null)
  const [busy, setBusy] = useState<'draft' | 'propose' | null>(null)

  async function save(form: HTMLFormElement, isProposed: boolean): Promise<void> {
    const read = readPolicyForm(new FormData(form))
    setInvalid(read.kind === 'refused' ? read.field : null)
    if (read.kind === 'refused') {
      setRefusal(read.message)
      form.querySelector<HTMLElement>(`[name="${read.field}"]`)?.focus()
      return
    }
    setBusy(isProposed ? 'propose' : 'draft')
    const saved = await saveDraft({ poolId, draftId }, read.value)
    const id = 'id' in saved ? saved.id : null
    // What was saved once is changed the next time, also when proposing it was refused.
    if (id !== null) setDraftId(id)
    const refused =
      'refusal' in saved
        ? saved.refusal
        : isProposed
          ? await refusalOf(
              async () =>
                (await browserQuery(ProposeDraftDocument, { id: saved.id })).proposeAllocationPolicy.userErrors,
              'The draft was saved, but not proposed.',
            )
          : null
    setBusy(null)
    setRefusal(refused)
    if (refused === null) router.push(doneHref)
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const submitter = (event.nativeEvent as SubmitEvent).submitter
    if (busy === null) void save(event.currentTarget, submitter?.getAttribute('value') === 'propose')
  }

  return (
    <form method="post" onSubmit={onSubmit}>
      <Card
        title={props.title}
        caption="It begins as the version in force; change what is to be different"
        className="overflow-visible!"
      >
        <div className="mb-3 grid grid-cols-6 gap-3">
          <MonthField
            label="Applies from"
            hint="months before keep theirs"
            name="effectiveFrom"
            initial={props.effectiveFrom}
            isRequired
            isInvalid={invalid === 'effectiveFrom'}
            className="col-span-6 sm:col-span-2"
          />
        </div>
        <PolicyInputs fields={fields} agents={agents} pools={pools} invalid={invalid} />
        <div className="mt-4 flex flex-col gap-3">
          <Refusal text={refusal} />
          <div className="flex flex-wrap items-center gap-2">
            <button
              className="control control-primary"
              value="propose"
              disabled={busy !== null}
              aria-busy={busy === 'propose'}
            >
              {busy === 'propose' ? 'Proposing…' : 'Propose it'}
            </button>
            <button className="control" value="draft" disabled={busy !== null} aria-busy={busy === 'draft'}>
              {busy === 'draft' ? 'Saving…' : 'Save as a draft'}
            </button>
            <Link className="control" href={doneHref}>
              Cancel
            </Link>
            <span className="text-caption text-ink-3">It applies to nothing until somebody else approves it.</span>
          </div>
        </div>
      </Card>
    </form>
  )
}

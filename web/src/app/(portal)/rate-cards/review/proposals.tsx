'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Refusal } from '../../../../components/form/refusal.tsx'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { graphql } from '../../../../lib/browser-graphql.ts'
import type { RateReviewQuery } from '../../../../generated/graphql.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import {
  changeRatio,
  changeText,
  countText,
  exactDecimalText,
  exactText,
  signedAmountText,
} from '../../../../lib/format.ts'
import { startOfLocalDay } from '../../../../lib/local-instant.ts'
import { refusalOf } from '../../../../lib/mutate.ts'
import { meterText, quotedPrice, quotedUnits } from '../../../../lib/rate-text.ts'

const DraftProposalsDocument = graphql(`
  mutation DraftProposals($input: RateCardDraftInput!) {
    saveRateCardDraft(input: $input) {
      rateCard {
        id
      }
      userErrors {
        message
      }
    }
  }
`)

type Proposal = RateReviewQuery['rateReview']['proposals'][number]

interface ProposalsProps {
  proposals: readonly Proposal[]
  mayKeep: boolean
  today: string
  timeZone: string
  quarter: string
}

function idOf({ provider, resource, meter }: Proposal): string {
  return [provider, resource, meter].join('/')
}

/** What the review proposes, with its impact on the quarter; the chosen ones become a draft, one per provider. */
export function Proposals({ proposals, mayKeep, today, timeZone, quarter }: ProposalsProps) {
  const router = useRouter()
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [refusal, setRefusal] = useState<string | null>(null)
  const [busy, setBusy] = useState<string | null>(null)
  if (proposals.length === 0) return null
  const chosen = proposals.filter((proposal) => !left.has(idOf(proposal)))
  const providers = [...new Set(chosen.map((proposal) => proposal.provider))].sort()

  function toggle(id: string): void {
    setLeft((now) => {
      const next = new Set(now)
      if (!next.delete(id)) next.add(id)
      return next
    })
  }

  async function draft(provider: string): Promise<void> {
    setBusy(provider)
    let saved: string | null = null
    const effectiveFrom = startOfLocalDay(today, timeZone)
    const message = await refusalOf(async () => {
      const { saveRateCardDraft } = await browserQuery(DraftProposalsDocument, {
        input: {
          provider,
          note: `Review of ${quarter}`,
          rates: chosen
            .filter((proposal) => proposal.provider === provider)
            .map(({ resource, meter, proposedUnitPrice }) => ({
              provider,
              resource,
              meter,
              price: {
                amount: quotedPrice(proposedUnitPrice.amount, meter),
                currency: proposedUnitPrice.currency,
              },
              per: quotedUnits(meter).per,
              effectiveFrom,
            })),
        },
      })
      saved = saveRateCardDraft.rateCard?.id ?? null
      return saveRateCardDraft.userErrors
    }, 'The draft was not made.')
    setBusy(null)
    setRefusal(message)
    if (message === null)
      router.push(saved === null ? '/rate-cards' : `/rate-cards/drafts/${encodeURIComponent(saved)}`)
  }

  return (
    <Card
      flush
      title={`${countText(proposals.length)} ${proposals.length === 1 ? 'price is' : 'prices are'} proposed`}
      caption="Impact: what the quarter’s usage would have cost more or less"
    >
      <MiniTable
        label="Proposed prices"
        heads={[
          { label: 'Resource' },
          { label: 'Meter' },
          { label: 'Now', isNumber: true },
          { label: 'Proposed', isNumber: true },
          { label: 'Change, %', isNumber: true },
          { label: 'Currency' },
          { label: 'Impact', isNumber: true, isMain: true },
          { label: 'Why' },
        ]}
        rows={proposals.map((proposal) => ({
          id: idOf(proposal),
          cells: [
            <ProposalName
              key="name"
              proposal={proposal}
              isChosen={!left.has(idOf(proposal))}
              onToggle={mayKeep ? () => toggle(idOf(proposal)) : null}
            />,
            <span key="meter">
              {meterText(proposal.meter)}
              <span className="block text-caption text-ink-3">per {quotedUnits(proposal.meter).text}</span>
            </span>,
            exactDecimalText(quotedPrice(proposal.currentUnitPrice.amount, proposal.meter)),
            <span key="proposed" className="font-[550]">
              {exactDecimalText(quotedPrice(proposal.proposedUnitPrice.amount, proposal.meter))}
            </span>,
            changeOf(proposal),
            proposal.proposedUnitPrice.currency,
            <span key="impact" title={exactText(proposal.impact)}>
              {signedAmountText(proposal.impact)}
            </span>,
            proposal.reason,
          ],
        }))}
      />
      {mayKeep ? (
        <div className="no-print flex flex-wrap items-center gap-2 border-t border-line px-3.5 py-3 sm:px-5">
          {providers.map((provider) => {
            const count = chosen.filter((proposal) => proposal.provider === provider).length
            return (
              <button
                key={provider}
                type="button"
                className="control"
                disabled={busy !== null}
                aria-busy={busy === provider}
                onClick={() => void draft(provider)}
              >
                {busy === provider
                  ? 'Making the draft…'
                  : `Make a draft of ${provider}, ${countText(count)} ${count === 1 ? 'price' : 'prices'}`}
              </button>
            )
          })}
          <span className="text-caption text-ink-3">
            {providers.length === 0 ? 'Choose at least one.' : 'A draft prices nothing; you can change it first.'}
          </span>
          <Refusal text={refusal} />
        </div>
      ) : null}
    </Card>
  )
}

function changeOf({ currentUnitPrice, proposedUnitPrice }: Proposal): string {
  if (currentUnitPrice.currency !== proposedUnitPrice.currency) return ''
  const ratio = changeRatio(proposedUnitPrice.amount, currentUnitPrice.amount)
  return ratio === null ? '' : changeText(ratio)
}

interface ProposalNameProps {
  proposal: Proposal
  isChosen: boolean
  onToggle: (() => void) | null
}

function ProposalName({ proposal, isChosen, onToggle }: ProposalNameProps) {
  const name = (
    <span className="min-w-0">
      <span className="block break-words">{proposal.resource}</span>
      <span className="block text-caption text-ink-3">{proposal.provider}</span>
    </span>
  )
  if (onToggle === null) return name
  return (
    <label className="flex min-h-8 items-center gap-2.5">
      <input
        type="checkbox"
        checked={isChosen}
        onChange={onToggle}
        className="no-print size-4 shrink-0 accent-[var(--accent)]"
      />
      {name}
    </label>
  )
}

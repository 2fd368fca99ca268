'use client'

import { Send } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { ActionDialog } from '../../../../components/form/action-dialog.tsx'
import { Refusal } from '../../../../components/form/refusal.tsx'
import { graphql } from '../../../../lib/browser-graphql.ts'
import type { ChannelKind, ChannelState } from '../../../../generated/graphql.ts'
import { browserQuery } from '../../../../lib/browser-api.ts'
import { refusalOf } from '../../../../lib/mutate.ts'
import { durationText } from '../../../../lib/time.ts'
import { SigningSecret } from '../signing-secret.tsx'

const PauseChannelDocument = graphql(`
  mutation PauseChannel($id: ID!) {
    pauseChannel(id: $id) {
      userErrors {
        message
      }
    }
  }
`)

const ResumeChannelDocument = graphql(`
  mutation ResumeChannel($id: ID!) {
    resumeChannel(id: $id) {
      userErrors {
        message
      }
    }
  }
`)

const EndChannelDocument = graphql(`
  mutation EndChannel($id: ID!) {
    endChannel(id: $id) {
      userErrors {
        message
      }
    }
  }
`)

const RotateSecretDocument = graphql(`
  mutation RotateChannelSecret($id: ID!) {
    rotateChannelSecret(id: $id) {
      signingSecret
      userErrors {
        message
      }
    }
  }
`)

const TestChannelDocument = graphql(`
  mutation TestChannel($id: ID!) {
    testChannel(id: $id) {
      delivery {
        id
        state
        lastError
        attempts {
          ms
          status
          error
        }
      }
      userErrors {
        message
      }
    }
  }
`)

interface ChannelActionsProps {
  id: string
  name: string
  kind: ChannelKind
  state: ChannelState
}

/** Whether it arrives, and whether it is sent at all. */
export function ChannelActions({ id, name, kind, state }: ChannelActionsProps) {
  const router = useRouter()
  const [busy, setBusy] = useState<'test' | 'pause' | null>(null)
  const [refusal, setRefusal] = useState<string | null>(null)
  const [outcome, setOutcome] = useState<{ isSent: boolean; text: string } | null>(null)
  const [secret, setSecret] = useState<string | null>(null)

  async function test(): Promise<void> {
    setBusy('test')
    setOutcome(null)
    const message = await refusalOf(async () => {
      const { testChannel } = await browserQuery(TestChannelDocument, { id })
      const { delivery } = testChannel
      if (delivery != null) {
        const last = delivery.attempts.at(-1)
        const error = last?.error ?? delivery.lastError
        const isSent = delivery.state === 'SENT'
        setOutcome({
          isSent,
          text: isSent
            ? `The test was sent${last === undefined ? '' : `${last.status == null ? '' : `, answered ${last.status}`}, in ${durationText(last.ms)}`}.`
            : delivery.state === 'PENDING' && last === undefined
              ? 'The test waits to be sent; the log below shows what becomes of it.'
              : `The test did not arrive: ${error ?? 'no reason was given'}.`,
        })
      }
      return testChannel.userErrors
    }, 'The test was not sent.')
    setBusy(null)
    setRefusal(message)
    router.refresh()
  }

  async function pauseOrResume(): Promise<void> {
    setBusy('pause')
    setRefusal(
      await refusalOf(
        async () =>
          state === 'PAUSED'
            ? (await browserQuery(ResumeChannelDocument, { id })).resumeChannel.userErrors
            : (await browserQuery(PauseChannelDocument, { id })).pauseChannel.userErrors,
        'It was not changed.',
      ),
    )
    setBusy(null)
    router.refresh()
  }

  const end = () =>
    refusalOf(async () => (await browserQuery(EndChannelDocument, { id })).endChannel.userErrors, 'It was not ended.')
  const rotate = () =>
    refusalOf(async () => {
      const { rotateChannelSecret } = await browserQuery(RotateSecretDocument, { id })
      setSecret(rotateChannelSecret.signingSecret ?? null)
      return rotateChannelSecret.userErrors
    }, 'The secret was not changed.')
  return (
    <div className="flex flex-col items-end gap-2 max-sm:items-start">
      <div className="flex flex-wrap gap-2">
        <button
          type="button"
          className="control control-primary"
          disabled={busy !== null}
          aria-busy={busy === 'test'}
          onClick={() => void test()}
        >
          <Send size={14} strokeWidth={1.6} aria-hidden />
          {busy === 'test' ? 'Sending…' : 'Send a test'}
        </button>
        <button type="button" className="control" disabled={busy !== null} onClick={() => void pauseOrResume()}>
          {state === 'PAUSED' ? 'Resume' : 'Pause'}
        </button>
        {kind === 'WEBHOOK' ? (
          <ActionDialog
            trigger="New secret…"
            title={`A new signing secret for ${name}?`}
            confirm="Make a new one"
            busy="Making it…"
            isDangerous
            run={rotate}
          >
            <p>Hooks are signed with the new one at once; the old one is no longer used.</p>
          </ActionDialog>
        ) : null}
        <ActionDialog
          trigger="End…"
          triggerOf={name}
          title={`End ${name}?`}
          confirm="End the channel"
          busy="Ending…"
          isDangerous
          run={end}
          onDone={() => router.push('/channels')}
        >
          <p>Nothing is sent to it any more, and what waits is dropped. Its log stays with the alerts.</p>
        </ActionDialog>
      </div>
      <p role="status" className={`empty:hidden ${outcome?.isSent ? 'text-ok' : 'text-warn'}`}>
        {outcome?.text}
      </p>
      <Refusal text={refusal} />
      {secret === null ? null : <SigningSecret secret={secret} />}
    </div>
  )
}

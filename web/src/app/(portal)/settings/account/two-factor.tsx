'use client'

import { useRouter } from 'next/navigation'
import { useState, type FormEvent } from 'react'
import { ActionDialog } from '../../../../components/form/action-dialog.tsx'
import { Field } from '../../../../components/form/field.tsx'
import { Refusal } from '../../../../components/form/refusal.tsx'
import { Badge } from '../../../../components/ui/badge.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { CodeBlock } from '../../../../components/ui/code-block.tsx'
import { postJson } from '../../../../lib/auth-api.ts'

/** What the server answers when a second factor is set up (server/src/auth/two-factor-setup.ts). */
interface Setup {
  secret: string
  qr: { size: number; path: string }
  backupCodes: readonly string[]
}

type Step =
  { kind: 'resting' } | { kind: 'confirming'; setup: Setup } | { kind: 'keeping'; backupCodes: readonly string[] }

/** A second factor for signing in: a code from a phone. It is on once a code of it was given. */
export function TwoFactor({ isOn }: { isOn: boolean }) {
  const router = useRouter()
  const [step, setStep] = useState<Step>({ kind: 'resting' })

  async function start(form: FormData): Promise<string | null> {
    const answer = await postJson('/api/auth/two-factor/enable', { password: String(form.get('password') ?? '') })
    if (answer.kind === 'refused') return wordsOf(answer)
    setStep({ kind: 'confirming', setup: answer.body as Setup })
    return null
  }

  async function end(form: FormData): Promise<string | null> {
    const answer = await postJson('/api/auth/two-factor/disable', { password: String(form.get('password') ?? '') })
    if (answer.kind === 'refused') return wordsOf(answer)
    setStep({ kind: 'resting' })
    router.refresh()
    return null
  }

  return (
    <Card
      title={
        <span className="inline-flex flex-wrap items-center gap-2">
          {isOn ? 'Signing in takes a second factor' : 'Signing in takes a password, or a link by mail'}
          <Badge tone={isOn ? 'ok' : 'neutral'}>{isOn ? 'on' : 'off'}</Badge>
        </span>
      }
      caption="A code of six digits from an authenticator app, new every 30 seconds"
      actions={
        isOn ? (
          <ActionDialog
            trigger="Turn off…"
            triggerOf="the second factor"
            title="Turn the second factor off?"
            confirm="Turn it off"
            busy="Turning it off…"
            isDangerous
            run={end}
          >
            <p>Your password alone, or a link by mail, will open your account again.</p>
            <PasswordField />
          </ActionDialog>
        ) : (
          <ActionDialog
            trigger="Turn on…"
            triggerOf="the second factor"
            isPrimary={step.kind === 'resting'}
            title="Turn a second factor on"
            confirm="Go on"
            busy="Asking…"
            run={start}
            onDone={() => undefined}
          >
            <p>You need an authenticator app on your phone. Sign-in links by mail will no longer open your account.</p>
            <PasswordField />
          </ActionDialog>
        )
      }
    >
      {step.kind === 'confirming' ? (
        <Confirm
          setup={step.setup}
          onDone={() => {
            setStep({ kind: 'keeping', backupCodes: step.setup.backupCodes })
            router.refresh()
          }}
        />
      ) : step.kind === 'keeping' ? (
        <div role="status">
          <p className="mb-3 text-ok">
            It is on. Keep these backup codes where your phone is not: each opens your account once. They are shown only
            now.
          </p>
          <CodeBlock label="Backup codes" code={step.backupCodes.join('\n')} />
        </div>
      ) : (
        <p className="text-ink-2">
          {isOn
            ? 'Whoever learns your password still needs your phone, or one of your backup codes.'
            : 'Whoever learns your password, or reads your mail, is in. With a second factor they would need your phone too.'}
        </p>
      )}
    </Card>
  )
}

function PasswordField() {
  return (
    <Field label="Your password">
      <input
        className="field text-body text-ink"
        type="password"
        name="password"
        autoComplete="current-password"
        required
      />
    </Field>
  )
}

/** The secret to scan or to type, and the first code of it. */
function Confirm({ setup, onDone }: { setup: Setup; onDone: () => void }) {
  const [refusal, setRefusal] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)

  async function confirm(form: HTMLFormElement): Promise<void> {
    setBusy(true)
    const code = String(new FormData(form).get('code') ?? '').replace(/\s/g, '')
    const answer = await postJson('/api/auth/two-factor/verify-totp', { code })
    setBusy(false)
    if (answer.kind === 'done') onDone()
    else setRefusal(answer.status === 401 ? 'This code is not right, or is too old. Try the next one.' : answer.message)
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    if (!isBusy) void confirm(event.currentTarget)
  }

  const { size, path } = setup.qr
  return (
    <div className="flex flex-wrap gap-5">
      <svg
        role="img"
        aria-label="QR code of the secret"
        viewBox={`0 0 ${size} ${size}`}
        shapeRendering="crispEdges"
        className="size-52 shrink-0 rounded-control border border-line"
      >
        {/* Cameras read dark on light, in the dark theme too. */}
        <rect width={size} height={size} fill="#fff" />
        <path d={path} fill="#000" />
      </svg>
      <form method="post" onSubmit={onSubmit} className="flex min-w-0 flex-[1_1_280px] flex-col gap-3">
        <p className="text-ink-2">Scan this with the app, or type the secret into it:</p>
        <code className="font-mono text-caption break-all text-ink">{setup.secret}</code>
        <Field label="The code it shows now" className="max-w-48">
          <input
            className="field num text-body text-ink"
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            pattern="[0-9 ]{6,8}"
            required
          />
        </Field>
        <Refusal text={refusal} />
        <div>
          <button className="control control-primary" disabled={isBusy} aria-busy={isBusy}>
            {isBusy ? 'Checking…' : 'Turn it on'}
          </button>
        </div>
      </form>
    </div>
  )
}

function wordsOf({ status, message }: { status: number; message: string }): string {
  return status === 400 && /password/i.test(message) ? 'This is not your password.' : message
}

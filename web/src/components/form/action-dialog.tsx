'use client'

import { useRouter } from 'next/navigation'
import { useId, useRef, useState, useTransition, type FormEvent, type ReactNode } from 'react'
import { useShortcut } from '../shell/use-shortcut.ts'
import { Refusal } from './refusal.tsx'

interface ActionDialogProps {
  /** The words of the button that asks. A trailing … says that nothing happens yet. */
  trigger: ReactNode
  /** Says of what, for a button whose row says it to the eye only. */
  triggerOf?: string
  isPrimary?: boolean
  /** A key that asks, wherever the focus is. */
  shortcut?: string
  title: string
  /** Exactly what will change, and the fields it takes. */
  children: ReactNode
  confirm: string
  busy: string
  isDangerous?: boolean
  isWide?: boolean
  /** Does it. Null when it is done, else why not. */
  run: (form: FormData) => Promise<string | null>
  /** After it was done; without it the page is read again. */
  onDone?: () => void
}

/** A button that asks before it does something: a native dialog that says what will change, and does it once. */
export function ActionDialog(props: ActionDialogProps) {
  const router = useRouter()
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  const refusalId = useId()
  const [refusal, setRefusal] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [isRefreshing, startRefresh] = useTransition()
  useShortcut(props.shortcut ?? null, open)

  function open(): void {
    setRefusal(null)
    dialog.current?.showModal()
  }

  async function submit(form: HTMLFormElement): Promise<void> {
    setBusy(true)
    const message = await props.run(new FormData(form))
    setBusy(false)
    setRefusal(message)
    if (message !== null) return
    dialog.current?.close()
    form.reset()
    if (props.onDone === undefined) startRefresh(() => router.refresh())
    else props.onDone()
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    if (!isBusy) void submit(event.currentTarget)
  }

  return (
    <>
      <button
        type="button"
        className={`control no-print ${props.isPrimary ? 'control-primary' : ''}`}
        aria-haspopup="dialog"
        aria-keyshortcuts={props.shortcut}
        aria-busy={isRefreshing}
        onClick={open}
      >
        {props.trigger}
        {props.triggerOf === undefined ? null : <span className="sr-only"> {props.triggerOf}</span>}
      </button>
      <dialog
        ref={dialog}
        aria-labelledby={titleId}
        className={`card p-5 text-left whitespace-normal [margin:auto] ${
          props.isWide ? 'w-[min(720px,calc(100vw-24px))]' : 'w-[min(480px,calc(100vw-24px))]'
        }`}
      >
        <form method="post" onSubmit={onSubmit} className="flex flex-col gap-4" aria-describedby={refusalId}>
          <h2 id={titleId} className="text-card font-semibold text-ink">
            {props.title}
          </h2>
          <div className="flex flex-col gap-3 font-normal text-ink-2">{props.children}</div>
          <Refusal id={refusalId} text={refusal} />
          <div className="flex flex-wrap justify-end gap-2">
            <button type="button" className="control" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button
              className={`control ${props.isDangerous ? 'control-danger' : 'control-primary'}`}
              disabled={isBusy}
              aria-busy={isBusy}
            >
              {isBusy ? props.busy : props.confirm}
            </button>
          </div>
        </form>
      </dialog>
    </>
  )
}

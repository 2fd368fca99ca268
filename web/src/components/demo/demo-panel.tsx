'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { graphql } from '../../lib/browser-graphql.ts'
import type { DemoDataQuery } from '../../generated/graphql.ts'
import { browserQuery } from '../../lib/browser-api.ts'
import { enterTenant } from '../../lib/enter-tenant.ts'
import { removeDemoData } from '../../lib/remove-demo-data.ts'
import { Refusal } from '../form/refusal.tsx'

const DemoProgressDocument = graphql(`
  query DemoProgress {
    demoData {
      state
      percent
      tenantKey
    }
  }
`)

const LoadDemoDataDocument = graphql(`
  mutation LoadDemoData {
    loadDemoData {
      demoData {
        state
        percent
        tenantKey
      }
      userErrors {
        message
      }
    }
  }
`)

type Demo = NonNullable<DemoDataQuery['demoData']>

const POLL_MS = 1_000

const isUnderWay = (demo: Demo | null): boolean =>
  demo !== null && (demo.state === 'QUEUED' || demo.state === 'LOADING' || demo.state === 'REMOVING')

/** Loads and removes example data, each on one click, and shows how far that is. */
export function DemoPanel({ initial }: { initial: Demo | null }) {
  const { demo, refusal, isBusy, load, remove } = useDemo(initial)
  return (
    <div className="flex flex-col gap-3">
      <p className="text-ink-2">{textOf(demo)}</p>
      {demo === null || !isUnderWay(demo) || demo.state === 'REMOVING' ? null : <Progress percent={demo.percent} />}
      <p role="status" className="sr-only">
        {saidOf(demo)}
      </p>
      <div className="flex flex-wrap gap-2 empty:hidden">
        {demo?.state === 'READY' ? (
          <button type="button" className="control control-primary" onClick={() => enterTenant(demo.tenantKey)}>
            Open the example
          </button>
        ) : null}
        {demo === null || demo.state === 'FAILED' ? (
          <button type="button" className="control" disabled={isBusy} onClick={load}>
            {demo === null ? 'Load example data' : 'Try again'}
          </button>
        ) : null}
        {demo === null || demo.state === 'REMOVING' ? null : (
          <button type="button" className="control" disabled={isBusy} onClick={remove}>
            Remove example data
          </button>
        )}
      </div>
      <Refusal text={refusal} />
    </div>
  )
}

function textOf(demo: Demo | null): string {
  switch (demo?.state) {
    case undefined:
      return 'It takes some seconds, never mixes with what is yours, and is removed whole with one click.'
    case 'QUEUED':
    case 'LOADING':
      return 'It is being loaded, and goes on if you leave this page.'
    case 'READY':
      return 'The example is there, in a tenant of its own. What you send or change there goes when it is removed.'
    case 'FAILED':
      return 'It could not be loaded whole; the log of the worker says why. Nobody was let in.'
    case 'REMOVING':
      return 'It is being removed. Nobody sees it any more, and its keys are refused.'
  }
}

/** For the ear: when something begins or ends, and each fifth in between. */
function saidOf(demo: Demo | null): string {
  if (demo === null) return ''
  if (demo.state === 'LOADING') return `Example data, ${demo.percent - (demo.percent % 20)} percent.`
  return textOf(demo)
}

function Progress({ percent }: { percent: number }) {
  return (
    <div
      role="progressbar"
      aria-label="Example data"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className="h-2 overflow-hidden rounded-bar bg-sunken"
    >
      <span
        aria-hidden
        className="block h-full rounded-bar bg-accent transition-[width] duration-500"
        style={{ width: `${percent}%`, minWidth: 2 }}
      />
    </div>
  )
}

function useDemo(initial: Demo | null) {
  const router = useRouter()
  const [demo, setDemo] = useState(initial)
  const [refusal, setRefusal] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const isWaiting = isUnderWay(demo)

  useEffect(() => {
    if (!isWaiting) return
    const abort = new AbortController()
    const timer = setInterval(() => void poll(), POLL_MS)

    async function poll(): Promise<void> {
      try {
        const { demoData } = await browserQuery(DemoProgressDocument, {}, abort.signal)
        setRefusal(null)
        setDemo(demoData ?? null)
        // The tenants to choose from are others now.
        if (!isUnderWay(demoData ?? null)) router.refresh()
      } catch (error) {
        if (!abort.signal.aborted) setRefusal(error instanceof Error ? error.message : 'The server does not answer.')
      }
    }

    return () => {
      clearInterval(timer)
      abort.abort()
    }
  }, [isWaiting, router])

  async function doing(work: () => Promise<string | null>): Promise<void> {
    setBusy(true)
    setRefusal(await work())
    setBusy(false)
  }

  return {
    demo,
    refusal,
    isBusy,
    load: () =>
      void doing(async () => {
        try {
          const { loadDemoData } = await browserQuery(LoadDemoDataDocument, {})
          setDemo(loadDemoData.demoData ?? null)
          return loadDemoData.userErrors[0]?.message ?? null
        } catch (error) {
          return error instanceof Error ? error.message : 'Nothing was loaded.'
        }
      }),
    remove: () =>
      void doing(async () => {
        const message = await removeDemoData()
        if (message === null && demo !== null) setDemo({ ...demo, state: 'REMOVING' })
        return message
      }),
  }
}

'use client'

import { useRouter } from 'next/navigation'
import { Component, startTransition, Suspense, type ReactNode } from 'react'
import { ErrorState } from './error-state.tsx'

interface BoundaryProps {
  onRetry: (reset: () => void) => void
  children: ReactNode
}

class Boundary extends Component<BoundaryProps, { error: unknown }> {
  override state: { error: unknown } = { error: null }

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error }
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children
    const retry = (): void => this.props.onRetry(() => this.setState({ error: null }))
    return <ErrorState error={this.state.error} retry={retry} />
  }
}

/** A part of a page that arrives, and can fail, by itself: the rest of the page stays as it is. */
export function Section({ fallback, children }: { fallback?: ReactNode; children: ReactNode }) {
  const router = useRouter()
  function onRetry(reset: () => void): void {
    startTransition(() => {
      router.refresh()
      reset()
    })
  }
  return (
    <Boundary onRetry={onRetry}>
      <Suspense fallback={fallback}>{children}</Suspense>
    </Boundary>
  )
}

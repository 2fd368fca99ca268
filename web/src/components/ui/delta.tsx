import { changeText } from '../../lib/format.ts'
import { Link } from './link.tsx'

interface DeltaProps {
  ratio: string | null
  against: string
  /** Where it is explained. */
  whyHref?: string
  /** What changed, for who does not see what stands beside it. */
  whyWhat?: string
  /** Why it is not taken apart, for the title. */
  whyNot?: string
}

/** A change against the comparison: neutral ink and a triangle, because dearer is not always worse. */
export function Delta({ ratio, against, whyHref, whyWhat = 'the cost', whyNot }: DeltaProps) {
  if (ratio === null) return <span title={`Nothing to compare with: ${against} is zero`}>no comparison</span>
  const text = changeText(ratio)
  const up = text.startsWith('+')
  return (
    <span title={whyNot}>
      <span aria-hidden className="mr-1 text-[9px] text-ink">
        {text === '0' ? '' : up ? '▲' : '▼'}
      </span>
      <span className="num text-ink">
        <span className="sr-only">{text === '0' ? 'unchanged ' : up ? 'up ' : 'down '}</span>
        {text.replace(/^[+−]/, '')}
        {'\u00a0'}%
      </span>{' '}
      {against}
      {whyHref === undefined ? null : (
        <Link href={whyHref} data-peek scroll={false} className="link no-print ml-1.5 inline-flex min-h-6 items-center">
          Why?<span className="sr-only"> What changed {whyWhat}</span>
        </Link>
      )}
    </span>
  )
}

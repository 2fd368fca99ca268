import { Check, CircleDashed, X } from 'lucide-react'
import type { TaskStatus } from '../../generated/graphql.ts'
import { Badge } from './badge.tsx'

const LOOKS = {
  OPEN: { tone: 'neutral', Icon: CircleDashed, text: 'Open' },
  COMPLETED: { tone: 'ok', Icon: Check, text: 'Completed' },
  FAILED: { tone: 'bad', Icon: X, text: 'Failed' },
  CANCELLED: { tone: 'neutral', Icon: X, text: 'Cancelled' },
} as const

export function TaskStatusBadge({ status }: { status: TaskStatus }) {
  const { tone, Icon, text } = LOOKS[status]
  return (
    <Badge tone={tone} Icon={Icon}>
      {text}
    </Badge>
  )
}

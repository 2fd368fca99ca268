import type { AgentRecord } from '@outlay/db/sql/read-dimensions'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { builder } from '../../graphql/builder.ts'
import { Agent } from '../agent/agent.type.ts'
import { Money } from '../money/money.schema.ts'

export interface TaskAgentCostSource {
  agent: AgentRecord
  direct: Fixed18
  allocated: Fixed18
  invocations: bigint
}

export const TaskAgentCost = builder.objectRef<TaskAgentCostSource>('TaskAgentCost').implement({
  description: "An agent's own part in a task or trace.",
  fields: (t) => ({
    agent: t.field({ type: Agent, resolve: (part) => part.agent }),
    direct: t.field({
      type: Money,
      resolve: (part, _args, { tenant }) => ({ amount: part.direct, currency: tenant.currency }),
    }),
    allocated: t.field({
      description:
        'What reached the task of its shares of pools; 0 in a trace, because pools are split down to the task and not below',
      type: Money,
      resolve: (part, _args, { tenant }) => ({ amount: part.allocated, currency: tenant.currency }),
    }),
    invocations: t.field({ type: 'BigInt', resolve: (part) => part.invocations.toString() }),
  }),
})

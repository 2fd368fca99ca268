import type { Money } from '@outlay/domain/money/currency'
import { FlowChart } from '../../../../components/chart/flow-chart.tsx'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Amount } from '../../../../components/ui/amount.tsx'
import { EmptyState } from '../../../../components/ui/empty-state.tsx'
import { TabbedCard } from '../../../../components/ui/tabs.tsx'
import type { ChainTask } from '../../../../lib/chain.ts'
import { chainFlow, type ChainFlow, type FlowPlace } from '../../../../lib/chain-flow.ts'
import type { ColourOf } from '../../../../lib/colours.ts'
import { countText, percentText, shareOf } from '../../../../lib/format.ts'

interface TaskFlowProps {
  task: ChainTask
  currency: string
  symbol: string
  colourOf: ColourOf
}

/** Who called whom, and with what cost. */
export function TaskFlow({ task, currency, symbol, colourOf }: TaskFlowProps) {
  const flow = chainFlow(task, colourOf)
  const money = (amount: string): Money => ({ amount, currency })
  const byId = new Map(flow.places.map((place) => [place.id, place]))
  const nameOf = (id: string): string => byId.get(id)?.name ?? ''
  if (flow.steps.length === 0)
    return (
      <div className="px-4 py-3 sm:px-5">
        <EmptyState>
          {flow.unknown === 0
            ? 'No call of this task cost anything, so nothing flows.'
            : `No price is known for its ${callsText(flow.unknown)}, so nothing can be drawn.`}
        </EmptyState>
      </div>
    )
  return (
    <div className="px-3.5 pb-4 sm:px-5">
      <TabbedCard
        isPlain
        label="Flow of cost"
        heading={findingOf(flow)}
        caption={`Width is cost with everything below it, ${symbol}${
          flow.unknown === 0 ? '' : ` · ${callsText(flow.unknown)} without a known cost in no width`
        }`}
        tabs={[
          {
            id: 'chart',
            label: 'Chart',
            content: (
              <FlowChart
                label={`${findingOf(flow)}. The Table tab has every step.`}
                nodes={flow.places.map((place) => ({
                  ...place,
                  amount: money(place.amount),
                  isRest: place.kind === 'rest',
                  ...(place.kind === 'shared' ? { mark: 'counted once' } : {}),
                }))}
                links={flow.steps.map((step) => ({
                  ...step,
                  amount: money(step.amount),
                  note: callsText(step.calls),
                }))}
              />
            ),
          },
          {
            id: 'table',
            label: 'Table',
            content: (
              <MiniTable
                label="Steps of the flow"
                heads={[
                  { label: 'From' },
                  { label: 'To' },
                  { label: 'Calls', isNumber: true },
                  { label: 'Share', isNumber: true },
                  { label: `Cost, ${symbol}`, isNumber: true, isMain: true },
                ]}
                rows={flow.steps.map((step) => ({
                  id: `${step.from} ${step.to}`,
                  cells: [
                    nameOf(step.from),
                    byId.get(step.to)?.kind === 'shared' ? `${nameOf(step.to)}, counted once` : nameOf(step.to),
                    countText(step.calls),
                    percentText(shareOf(step.amount, wholeOf(flow)) ?? '0'),
                    <Amount key="amount" money={money(step.amount)} as="fine" />,
                  ],
                }))}
                maxHeight={480}
              />
            ),
          },
        ]}
      />
    </div>
  )
}

function callsText(calls: number): string {
  return `${countText(calls)} ${calls === 1 ? 'call' : 'calls'}`
}

function wholeOf({ places }: ChainFlow): string {
  return places.find((place) => place.kind === 'task')?.amount ?? '0'
}

/** The dearest step to a resource, as a share of the whole. */
function findingOf(flow: ChainFlow): string {
  const byId = new Map<string, FlowPlace>(flow.places.map((place) => [place.id, place]))
  const isUse = (id: string): boolean => ['resource', 'shared'].includes(byId.get(id)?.kind ?? '')
  const step = flow.steps.find(({ to }) => isUse(to)) ?? flow.steps[0]
  const share = step === undefined ? null : shareOf(step.amount, wholeOf(flow))
  if (step === undefined || share === null) return 'Who called whom'
  const [from, to] = [byId.get(step.from), byId.get(step.to)]
  return from?.kind === 'task'
    ? `${percentText(share, 0)} of the cost goes to ${to?.name ?? ''}`
    : `${percentText(share, 0)} of the cost is ${from?.name ?? ''} using ${to?.name ?? ''}`
}

import { colourOfAgents } from '../../../../../lib/agents.ts'
import { CHAIN_SPANS_MAX, chainRows } from '../../../../../lib/chain.ts'
import { packRows } from '../../../../../lib/chain-pack.ts'
import { wholeChain } from '../../../../../lib/whole-chain.ts'

/** The rows of a whole chain as packRows writes them, for a page that came with the first of them. `first`: spans of each trace. */
export async function GET(request: Request, { params }: { params: Promise<{ key: string }> }): Promise<Response> {
  const key = decodeURIComponent((await params).key)
  const asked = Number(new URL(request.url).searchParams.get('first'))
  const first = Number.isInteger(asked) && asked >= 1 && asked <= CHAIN_SPANS_MAX ? asked : CHAIN_SPANS_MAX
  const [task, colourOf] = await Promise.all([wholeChain(key, first), colourOfAgents()])
  if (task === null) return new Response(null, { status: 404 })
  return new Response(packRows(chainRows(task, colourOf)), {
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  })
}

// STUB
export function listAgentCosts(..._a: unknown[]): never { throw new Error('stub') }
export function openAgentCost(..._a: unknown[]): never { throw new Error('stub') }
export function readAgentClients(..._a: unknown[]): never { throw new Error('stub') }
export function readAgentPrevious(..._a: unknown[]): never { throw new Error('stub') }
export function readAgentResources(..._a: unknown[]): never { throw new Error('stub') }
export function readAgentSeries(..._a: unknown[]): never { throw new Error('stub') }
export function readCompleted(..._a: unknown[]): never { throw new Error('stub') }

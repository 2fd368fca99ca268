// STUB
export function listTaskCosts(..._a: unknown[]): never { throw new Error('stub') }
export function openTaskCost(..._a: unknown[]): never { throw new Error('stub') }
export function readTaskAgents(..._a: unknown[]): never { throw new Error('stub') }
export function readTaskTraces(..._a: unknown[]): never { throw new Error('stub') }

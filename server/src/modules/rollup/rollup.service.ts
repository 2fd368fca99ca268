// STUB
export function openCostRollup(..._a: unknown[]): never { throw new Error('stub') }

// STUB
export function listClientCosts(..._a: unknown[]): never { throw new Error('stub') }

// STUB
export function findAgent(..._a: unknown[]): never { throw new Error('stub') }
export function listAgents(..._a: unknown[]): never { throw new Error('stub') }

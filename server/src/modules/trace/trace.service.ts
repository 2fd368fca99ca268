// STUB
export function openTrace(..._a: unknown[]): never { throw new Error('stub') }
export function readSharedUses(..._a: unknown[]): never { throw new Error('stub') }
export function readTraceAgents(..._a: unknown[]): never { throw new Error('stub') }

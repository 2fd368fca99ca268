// STUB
export function findClient(..._a: unknown[]): never { throw new Error('stub') }
export function listClients(..._a: unknown[]): never { throw new Error('stub') }

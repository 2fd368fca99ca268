/** Something the caller can put right: the message is one sentence and is all that is printed. */
export class CommandFailure extends Error {}

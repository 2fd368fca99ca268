import { CommandFailure } from './failure.ts'
import { importCommand, importUsage } from './import-command.ts'
import { importFxCommand, importFxUsage } from './import-fx-command.ts'
import { importPoolsCommand, importPoolsUsage } from './import-pools-command.ts'
import { importStatementCommand, importStatementUsage } from './import-statement-command.ts'

const usage = `outlay <command>

  import FILE             send the rows of a CSV file as invocations
  import-fx FILE          publish the exchange rates of a CSV file
  import-pools FILE       declare the shared costs of a CSV file
  import-statement FILE   import an invoice or export of a provider

outlay <command> --help explains a command.`

/** Runs one command of the command line and answers its exit code. `folder`: where relative paths begin. */
export async function runCommandLine(
  [command, ...args]: string[],
  { folder, print = console.log }: { folder: string; print?: (text: string) => void },
): Promise<number> {
  const wantsHelp = args.includes('--help') || args.includes('-h')
  try {
    if (command === undefined || command === 'help' || command === '--help') {
      print(usage)
      return 0
    }
    if (command === 'import') {
      if (!wantsHelp) return await importCommand(args, { folder, print, isTerminal: process.stdout.isTTY })
      print(importUsage)
      return 0
    }
    if (command === 'import-fx') {
      if (!wantsHelp) return await importFxCommand(args, { folder, print })
      print(importFxUsage)
      return 0
    }
    if (command === 'import-pools') {
      if (!wantsHelp) return await importPoolsCommand(args, { folder, print })
      print(importPoolsUsage)
      return 0
    }
    if (command === 'import-statement') {
      if (!wantsHelp) return await importStatementCommand(args, { folder, print })
      print(importStatementUsage)
      return 0
    }
    throw new CommandFailure(`There is no command "${command}"; see outlay --help.`)
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error
    console.error(error.message)
    return 1
  }
}

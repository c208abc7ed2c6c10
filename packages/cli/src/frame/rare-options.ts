/**
 * Options that `-h` leaves to `countersign help VERB`: few need them, and help is to fit on a screen.
 *
 * @module
 */
import { Help, type Command } from 'commander'

const RARE: ReadonlySet<string> = new Set([
  '--pin',
  '--update-pin',
  '--unsign',
  '--mfa-code',
  '--no-input',
  '--trim-secret',
  '--region-set',
])

/** Hides them in the help of a command, which then says where they are. */
export function hideRareOptions(command: Command, verb: string): void {
  const isRare = ({ long }: { readonly long?: string | undefined }): boolean => RARE.has(long ?? '')
  // A verb with many options has chosen by itself.
  if (command.configureHelp().visibleOptions === undefined && command.options.some(isRare)) {
    command.configureHelp({
      ...command.configureHelp(),
      visibleOptions: (shown) => new Help().visibleOptions(shown).filter((option) => !isRare(option)),
    })
    command.addHelpText('after', `\nA few more options: countersign help ${verb}`)
  }
}

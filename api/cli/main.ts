/** Runs the command and turns whatever it ends with into an exit status and a message for a person. */
import { CommanderError } from 'commander';
import { CommandError, exitStatus } from './exit-status.ts';
import { findFailure, isAboutEverything } from './failure.ts';
import { nextStepAfter } from './next-step.ts';
import { printable } from './output/terminal-text.ts';
import { buildProgram } from './program.ts';

// `earmark scan … | head`: the reader has seen enough. Long commands stop on it (`interruption.ts`); all others are
// short enough to end by themselves.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

try {
  await buildProgram().parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  // Commander has printed help, version or complaint itself.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.fine : exitStatus.usage;
  if (error instanceof CommandError) {
    say(error.message);
    return error.status;
  }
  const failure = findFailure(error);
  if (failure !== undefined) {
    say(`${failure.code}: ${failure.message}`);
    const nextStep = nextStepAfter(failure);
    if (nextStep !== undefined) say(nextStep);
    return isAboutEverything(failure) ? exitStatus.couldNotStart : exitStatus.someFailed;
  }
  if (error instanceof Error && 'syscall' in error) {
    say(`earmark cannot go on: ${error.message}`);
    return exitStatus.couldNotStart;
  }
  console.error('earmark ran into a bug of its own. Please report it with this:');
  console.error(error);
  return exitStatus.someFailed;
}

function say(message: string): void {
  console.error(message.split('\n').map(printable).join('\n'));
}

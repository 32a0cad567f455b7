import { Command } from 'commander';
export function reindexCommand(): Command {
  return new Command('reindex').summary('x');
}
